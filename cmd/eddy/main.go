// Command eddy is the command of package cli with the services that come with Eddy.
package main

import (
	"eddy/cli"
	"eddy/cli/builtin"
)

func main() { cli.Main(builtin.Services()...) }
