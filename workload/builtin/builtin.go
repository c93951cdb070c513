// Package builtin lists the workloads that come with Eddy. Each is a folder of its own beside this one; a new one
// is a folder, and a line here.
package builtin

import (
	"eddy/workload"
	"eddy/workload/broadcast"
	"eddy/workload/counter"
	"eddy/workload/echo"
	"eddy/workload/gset"
	"eddy/workload/kafka"
	"eddy/workload/linkv"
	"eddy/workload/listappend"
	"eddy/workload/lock"
	"eddy/workload/rwregister"
	"eddy/workload/uniqueids"
)

// Workloads gives them by name.
func Workloads() workload.Workloads {
	return workload.Workloads{
		broadcast.New(),
		echo.New(),
		counter.G(),
		gset.New(),
		kafka.New(),
		linkv.New(),
		counter.PN(),
		listappend.New(),
		rwregister.New(),
		uniqueids.New(),
		lock.New(),
	}
}
