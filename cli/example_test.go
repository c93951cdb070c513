package cli_test

import (
	"fmt"

	"eddy/cli"
	"eddy/cli/builtin"
	"eddy/cli/service"
	"eddy/echo"
	workload "eddy/workload/echo"
)

// The whole of a program: it has serve, test, sim, bench, trace, check and glomers for these two services.
func ExampleMain() {
	own := service.Service{Workload: workload.New(), Short: "Answers with what it is sent", Flags: service.Fixed(echo.Service)}
	cli.Main(own, builtin.Broadcast())
}

// Run is Main without the end of the process: it takes the arguments and gives the exit status, 2 for what could not run.
func ExampleRun() {
	fmt.Println(cli.Run([]string{"sim", "echo", "--node-count", "0"}, builtin.Echo()))
	// Output: 2
}
