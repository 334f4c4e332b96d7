// Command fleetlab is a hands-on lab for AWS IoT Device Management in the terminal.
package main

import (
	"os"

	"fleetlab/ui/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:])) }
