package ui

import "fleetlab/ui/screen"

// screens is every screen there is, by its id. A new screen is a package below ui/screen and a line here.
var screens = map[string]screen.Factory{}
