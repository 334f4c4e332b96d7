package ui

import (
	"fleetlab/ui/screen"
	"fleetlab/ui/screen/apilog"
	"fleetlab/ui/screen/cleanup"
	"fleetlab/ui/screen/createjob"
	"fleetlab/ui/screen/home"
	"fleetlab/ui/screen/lessons"
	"fleetlab/ui/screen/packages"
	"fleetlab/ui/screen/provision"
	"fleetlab/ui/screen/simulate"
)

// screens is every screen there is, by its id. A new screen is a package below ui/screen and a line here.
var screens = map[string]screen.Factory{
	screen.Home:      home.New,
	screen.Provision: provision.New,
	screen.CreateJob: createjob.New,
	screen.Simulate:  simulate.New,
	screen.Cleanup:   cleanup.New,
	screen.Packages:  packages.New,
	screen.Lessons:   lessons.New,
	screen.APILog:    apilog.New,
}
