// Package builtin holds the services that come with Eddy, for programs that want them: each with
// the workload that tests it, its flags, and the flags that serve official challenges best.
package builtin

import (
	"eddy/cli/service"
	"eddy/echo"
	workload "eddy/workload/echo"
)

// Services are all of them, in the order in which help lists them.
func Services() []service.Service {
	return []service.Service{
		Echo(), UniqueIDs(), Broadcast(), GSet(), GCounter(), PNCounter(), Kafka(), TxnRWRegister(), LinKV(), TxnListAppend(), Lock(),
	}
}

// Echo answers with what it is sent.
func Echo() service.Service {
	return service.Service{Workload: workload.New(), Short: "Answers with what it is sent", Flags: service.Fixed(echo.Service)}
}
