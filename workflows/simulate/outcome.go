package simulate

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"fleetlab/workflows/fleet"
)

// details say in a few words what a device found; they go to the cloud with the reason.
var details = map[string]string{
	DownloadInterrupted: "the connection was lost during the download",
	ChecksumMismatch:    "the SHA-256 of the download is not the one in the job document",
	NoSpace:             "not enough free space for the firmware",
	LowBattery:          "the battery is too low to update",
	InstallError:        "the update could not be installed",
	Rejected:            "the vehicle is being driven",
	Silent:              "the device is heard of no more",
}

// assign gives every device its outcome: exactly rate per cent of them succeed, rounded. Who fails, and why, follows from
// the seed and the device's name alone, so that the order in which AWS lists the executions does not matter. download tells
// which jobs have firmware to download.
func assign(devices []Device, in Input, download map[string]bool) {
	for _, i := range lots(devices, in.Seed)[:failures(len(devices), in.SuccessRate)] {
		d := &devices[i]
		d.Reason = reason(*d, in, download[d.Job])
	}
	for i := range devices {
		devices[i].Later = later(devices[i], in)
	}
}

// drawn is what is drawn for a device, by what it is for: nothing that is drawn changes what is drawn beside it.
func drawn(d Device, what string) string {
	return d.Job + "/" + d.Thing + "/" + strconv.Itoa(d.Attempt) + "/" + what
}

func reason(d Device, in Input, download bool) string {
	return in.Failures.fitting(download).draw(fleet.Rand(in.Seed, drawn(d, "reason")))
}

// redraw is the outcome of a device that the plan does not have: a retry, or a thing that joined. It fails as often as
// those of the plan do on average.
func redraw(d Device, in Input, download bool) string {
	if fleet.Rand(in.Seed, drawn(d, "outcome")).IntN(100) < in.SuccessRate {
		return ""
	}
	return reason(d, in, download)
}

// later is how many seconds a device that is offline comes later; the vehicle is away from all jobs alike.
func later(d Device, in Input) float64 {
	r := fleet.Rand(in.Seed, d.Thing+"/offline")
	if r.IntN(100) >= in.Offline {
		return 0
	}
	return math.Round(10*float64(in.OfflineFor)*(1+r.Float64())/2) / 10
}

func failures(devices, rate int) int {
	return devices - int(math.Round(float64(devices)*float64(rate)/100))
}

// lots is the order in which the devices are drawn to fail.
func lots(devices []Device, seed int64) []int {
	ticket := make([]uint64, len(devices))
	order := make([]int, len(devices))
	for i, d := range devices {
		ticket[i], order[i] = fleet.Rand(seed, drawn(d, "lot")).Uint64(), i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(ticket[a], ticket[b]), cmp.Compare(devices[a].Thing, devices[b].Thing), cmp.Compare(devices[a].Job, devices[b].Job))
	})
	return order
}

// statusOf is the end that a planned reason comes to in the cloud.
func statusOf(reason string) string {
	switch reason {
	case "":
		return "SUCCEEDED"
	case Rejected:
		return "REJECTED"
	case Silent:
		return "TIMED_OUT"
	}
	return "FAILED"
}

// used counts the executions of a thing that ended in a way that is tried again.
type used struct{ failed, timedOut int }

// again counts an end and tells whether the job makes another execution after it (AWS IoT developer guide, job retry).
func (r Retries) again(status string, u *used) bool {
	switch status {
	case "FAILED":
		u.failed++
	case "TIMED_OUT":
		u.timedOut++
	default:
		return false
	}
	switch {
	case r.All > 0:
		return u.failed+u.timedOut <= r.All
	case status == "FAILED":
		return u.failed <= r.Failed
	}
	return u.timedOut <= r.TimedOut
}

// chain yields a device and the retries that follow it as the seed has them.
func (p Plan) chain(d Device) []Device {
	j, _ := p.job(d.Job)
	list := []Device{d}
	for u := (used{}); j.Retries.again(statusOf(d.Reason), &u); {
		d.Attempt++
		d.Later = 0
		d.Reason = redraw(d, p.Input, j.Download)
		list = append(list, d)
	}
	return list
}
