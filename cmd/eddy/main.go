// Command eddy is the command of package cli with the services that come with Eddy.
package main

import (
	"os"

	"eddy/cli"
)

func main() { os.Exit(cli.Run(os.Args[1:])) }
