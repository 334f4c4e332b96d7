//go:build !windows

package cli

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"fleetlab/ui/locale"
	"fleetlab/workflows/provision"
)

// act is one step of a tour: keys, what must show after them, and the name of the picture that is taken then.
type act struct {
	keys    []string
	see     []string       // in this order from the top
	like    *regexp.Regexp // and this, unless nil
	picture string
}

// missing is what a screen does not show of what must show, "" when nothing is missing.
func (a act) missing(screen string) string {
	if a.like != nil && !a.like.MatchString(screen) {
		return a.like.String()
	}
	return firstMissing(screen, a.see)
}

// loop is the whole loop with keys only. The end-to-end tests play it, and its pictures are those of the README.
func loop(p *locale.Printer, devices int, midway bool) []act {
	return slices.Concat(
		[]act{{see: []string{p.T("home.state.no-fleet")}}},
		provisioning(p, devices, midway), creating(p), playing(p, devices, midway), looking(p, midway), cleaning(p),
	)
}

// provisioning ends in express mode; midway, it is guided to its last step, and looked at in the middle of that.
func provisioning(p *locale.Printer, devices int, midway bool) []act {
	acts := []act{
		{keys: []string{"1"}, see: []string{"Vehicle-VIN-"}},
		{keys: append(repeat("tab", 4), "ctrl+u")},
		{keys: append(strings.Split(strconv.Itoa(devices), ""), append(repeat("tab", 3), "enter")...), see: []string{p.T("learn.continue")}},
	}
	if !midway {
		return append(acts, act{keys: []string{"p", "p"}, see: []string{p.T("provision.result.done")}}) // from guided over presenter to express
	}
	for _, step := range provision.Steps {
		acts = append(acts, act{see: []string{p.T("runview.waiting", "Step", p.Step(provision.Workflow, step)), p.T("learn.continue")}}, act{keys: []string{"enter"}})
	}
	return append(acts, act{like: middle, picture: "provision"}, act{see: []string{p.T("provision.result.done")}})
}

func creating(p *locale.Printer) []act {
	return []act{
		{keys: []string{"c"}, see: []string{p.T("createjob.onwards", "Step", p.T("createjob.step.targets"))}},
		{keys: append(repeat("tab", 3), "enter"), see: []string{"US_Fleet"}},
		{keys: append(repeat("tab", 4), "enter"), see: []string{p.T("createjob.forecast")}},
		{keys: append(repeat("tab", 6), "enter"), see: []string{"fleetlab-ota-", p.T("createjob.keys.create")}, picture: "create-job"},
		{keys: []string{"enter"}, see: []string{p.T("createjob.confirm-title")}},
		{keys: []string{"y"}, see: []string{p.T("createjob.result.done")}},
	}
}

// What shows in the middle of making 200 things, in that of playing 200 devices, and when the first screen has read everything.
var (
	middle = regexp.MustCompile(` ([89]\d|1[0-4]\d)/200 `)
	fresh  = regexp.MustCompile(`(?s)1\.1\.0 ▓.* fleetlab-ota-\d`) // what the devices report now, and the job
	played = regexp.MustCompile(`■ succeeded ([5-9]\d|1[0-2]\d) `)
)

// playing is the simulation; midway, it is looked at in its middle, for which there must be 200 devices.
func playing(p *locale.Printer, devices int, midway bool) []act {
	first := fmt.Sprintf("[1/%d] Vehicle-VIN-", devices)
	acts := []act{
		{keys: []string{"s"}, see: []string{p.T("simulate.to-plan")}},
		{keys: append(repeat("tab", 6), "enter"), see: []string{first}}, // rate, scope, speed, kinds, offline, seed
		{keys: []string{"enter"}},
	}
	if midway {
		acts = append(acts, act{like: played, picture: "simulate"})
	}
	return append(acts, act{see: []string{p.T("simulate.result.done")}, picture: "result"})
}

// looking is round what was made: the calls, the first screen, which midway has room for all that it reads, and the lessons.
func looking(p *locale.Printer, midway bool) []act {
	var read *regexp.Regexp
	if midway {
		read = fresh
	}
	atHome := []string{"1-4 ", "q " + p.T("keys.leave")}
	return []act{
		{keys: []string{"a"}, see: []string{"› " + p.T("apilog.title")}, picture: "api-log"},
		{keys: []string{"esc"}, see: []string{p.T("simulate.result.done")}},
		{keys: []string{"ctrl+k"}, see: []string{p.T("palette.title")}},
		{keys: append(strings.Split("home", ""), "enter"), see: atHome, like: read, picture: "home"},
		{keys: []string{"l"}, see: []string{"› " + p.T("lessons.title")}, picture: "lessons"},
		{keys: []string{"esc"}, see: atHome},
	}
}

func cleaning(p *locale.Printer) []act {
	return []act{
		{keys: []string{"4"}, see: []string{p.T("cleanup.form")}},
		{keys: []string{"tab", "tab", "enter"}, see: []string{p.T("cleanup.preview"), "Vehicle-VIN-"}},
		{keys: []string{"enter"}, see: []string{p.T("cleanup.confirm-title")}},
		{keys: append(strings.Split("DELETE", ""), "enter"), see: []string{p.T("cleanup.result.done")}},
	}
}

func repeat(key string, n int) []string { return slices.Repeat([]string{key}, n) }

// play does what a tour says; shoot is called where it takes a picture.
func (c *console) play(acts []act, shoot func(act)) {
	c.t.Helper()
	for _, a := range acts {
		c.keys(a.keys...)
		c.until("never showed", a.missing)
		if a.picture != "" {
			shoot(a)
		}
	}
}
