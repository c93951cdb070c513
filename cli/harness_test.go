package cli

import (
	"eddy/cli/builtin"
)

// eddy is the program with the services that come with it.
var eddy = func() *program {
	p, err := newProgram(builtin.Services())
	if err != nil {
		panic(err)
	}
	return p
}()
