//go:build !windows

package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"fleetlab/ui/locale"
)

// act is one step of a tour: keys, what must show after them, and the name of the picture that is taken then.
type act struct {
	keys    []string
	see     []string // in this order from the top
	picture string
}

// loop is the whole loop with keys only. The end-to-end tests play it, and its pictures are those of the README.
func loop(p *locale.Printer, devices int) []act {
	return slices.Concat(
		[]act{{see: []string{p.T("home.state.no-fleet")}}},
		provisioning(p, devices), creating(p), playing(p, devices), looking(p), cleaning(p),
	)
}

func provisioning(p *locale.Printer, devices int) []act {
	return []act{
		{keys: []string{"1"}, see: []string{"Vehicle-VIN-"}},
		{keys: append(repeat("tab", 4), "ctrl+u")},
		{keys: append(strings.Split(strconv.Itoa(devices), ""), append(repeat("tab", 3), "enter")...), see: []string{p.T("learn.continue")}, picture: "provision"},
		{keys: []string{"p", "p"}, see: []string{p.T("provision.result.done")}}, // from guided over presenter to express
	}
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

func playing(p *locale.Printer, devices int) []act {
	first := fmt.Sprintf("[1/%d] Vehicle-VIN-", devices)
	return []act{
		{keys: []string{"s"}, see: []string{p.T("simulate.to-plan")}},
		{keys: append(repeat("tab", 6), "enter"), see: []string{first}}, // rate, scope, speed, kinds, offline, seed
		{keys: []string{"enter"}, see: []string{p.T("simulate.result.done")}, picture: "result"},
	}
}

// looking is round what was made: the calls, the first screen and the lessons.
func looking(p *locale.Printer) []act {
	atHome := []string{"1-4 ", "q " + p.T("keys.leave")}
	return []act{
		{keys: []string{"a"}, see: []string{p.T("apilog.title")}, picture: "api-log"},
		{keys: []string{"esc"}, see: []string{p.T("simulate.result.done")}},
		{keys: []string{"ctrl+k"}, see: []string{p.T("palette.title")}},
		{keys: append(strings.Split("home", ""), "enter"), see: atHome, picture: "home"},
		{keys: []string{"l"}, see: []string{p.T("lessons.title")}, picture: "lessons"},
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
		c.see(a.see...)
		if a.picture != "" {
			shoot(a)
		}
	}
}
