package home

import (
	"errors"
	"strconv"

	"fleetlab/lessons"
	"fleetlab/ui/component/bars"
	"fleetlab/workflows/fleet"
)

// The states that a home screen has, by name: the answers that have come.
var states = map[string][]stateMsg{
	"first": answers(fleetState{}, jobState{}, shape{}, firmware{}),
	"empty": answers(fleetState{Types: count{N: 3}, Groups: count{N: 3}}, jobState{Completed: count{N: 1}}, shape{}, firmware{}),
	"fleet": answers(vehicles, jobState{}, vehicleShape, vehicleFirmware),
	"job": answers(fleetState{Things: count{N: 250, More: true}, Types: count{N: 3}, Groups: count{N: 12}}, jobState{
		Active: count{N: 3}, Completed: count{N: 2}, Newest: []job{
			{ID: "fleetlab-ota-20261123-101530", JobCounts: fleet.JobCounts{Queued: 40_000, InProgress: 150, Succeeded: 58_000, Failed: 1_500, Rejected: 350}},
			{ID: "reboot-1", JobCounts: fleet.JobCounts{Queued: 10, Succeeded: 30}},
			{ID: "fleetlab-ota-20261123-090000", Rolling: true},
		},
	}, manyShape, manyFirmware),
	"complete": answers(vehicles, jobState{Completed: count{N: 1}, Newest: []job{
		{ID: "fleetlab-ota-20261123-101530", JobCounts: fleet.JobCounts{Succeeded: 97, Failed: 3}}}}, vehicleShape, vehicleFirmware),
	"unindexed": answers(fleetState{Things: count{N: 250, More: true}, Types: count{N: 1}, Groups: count{N: 2},
		ByType: []bars.Row{{Label: "SedanVehicle", Count: 249}, {Count: 1}}, ByCountry: []bars.Row{{Label: "JP", Count: 150}, {Label: "DE", Count: 100}},
	}, jobState{}, shape{}, firmware{Packages: count{N: 1}, Versions: count{N: 2}}),
	"building": answers(vehicles, jobState{}, shape{Index: indexBuilding}, firmware{Packages: count{N: 3}, Versions: count{N: 6}}),
	"failed":   answers(fleetState{Err: errStopped}, jobState{Err: errStopped}, shape{Err: errStopped}, firmware{Err: errStopped}),
	"partly":   {{fleet: &vehicles}},
}

// learned is how many lessons are done in a state.
var learned = map[string]int{"job": 3, "complete": 14}

var errStopped = errors.New("the sandbox at 127.0.0.1 was stopped by another program")

func answers(f fleetState, j jobState, s shape, w firmware) []stateMsg {
	return []stateMsg{{fleet: &f}, {jobs: &j}, {shape: &s}, {firmware: &w}}
}

var (
	kinds        = []bars.Row{{Label: "SedanVehicle", Count: 34}, {Label: "SUVVehicle", Count: 33}, {Label: "TruckVehicle", Count: 33}}
	lands        = []bars.Row{{Label: "CA", Count: 34}, {Label: "US", Count: 33}, {Label: "MX", Count: 33}}
	vehicles     = fleetState{Things: count{N: 100}, Types: count{N: 3}, Groups: count{N: 3}, ByType: kinds, ByCountry: lands}
	vehicleShape = shape{Index: indexReady, Shadows: true, Total: 100, ByType: kinds, ByCountry: lands}

	vehicleFirmware = firmware{Packages: count{N: 3}, Versions: count{N: 6}, Counted: true,
		ByVersion: []bars.Row{{Label: "1.1.0", Count: 0}, {Label: "1.0.0", Count: 100}}}
	manyShape = shape{Index: indexReady, Shadows: true, Total: 100_000,
		ByType:    []bars.Row{{Label: "SedanVehicle", Count: 33_334}, {Label: "SUVVehicle", Count: 33_333}, {Label: "TruckVehicle", Count: 33_333}},
		ByCountry: many("US", "CA", "MX", "GT", "BZ", "SV", "HN", "NI", "CR", "PA", "CU", "JM")}
	manyFirmware = firmware{Packages: count{N: 3}, Versions: count{N: 9}, Counted: true,
		ByVersion: []bars.Row{{Label: "2.0.0", Count: 0}, {Label: "1.1.0", Count: 58_000}, {Label: "1.0.0", Count: 41_900}}}
)

// many shares a hundred thousand things among countries.
func many(codes ...string) (rows []bars.Row) {
	for _, code := range codes {
		rows = append(rows, bars.Row{Label: code, Count: 100_000 / len(codes)})
	}
	return withRest(rows, 100_000)
}

// course is fourteen lessons, so that the words of the real ones may change without these pictures.
func course(lang string) (all []lessons.Lesson) {
	title, question := "Lesson about subject ", "What happens to `a thing` in the end?"
	if lang == "ja" {
		title, question = "項目を学ぶレッスン ", "`モノ` は最後にどうなりますか。"
	}
	for i := range 14 {
		n := strconv.Itoa(i + 1)
		all = append(all, lessons.Lesson{ID: "lesson-" + n, Title: title + n, Order: i + 1, Minutes: 2, Question: question})
	}
	return all
}
