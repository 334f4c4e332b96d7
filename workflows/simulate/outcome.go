package simulate

import (
	"cmp"
	"math"
	"slices"

	"fleetlab/workflows/fleet"
)

// Why a device fails. The first four are planned where there is firmware to download, the next three where there is none;
// a download that really fails has the planned ones' name where that says what happened.
const (
	ChecksumMismatch    = "checksum-mismatch"    // after the download: its SHA-256 is not the one in the job document
	InsufficientSpace   = "insufficient-space"   // before the download
	LowBattery          = "low-battery"          // before the download
	DownloadInterrupted = "download-interrupted" // in the middle of the download
	DeviceBusy          = "device-busy"
	Unsupported         = "unsupported-operation"
	DownloadFailed      = "download-failed" // never planned: no or not all the firmware could be fetched
	NotReported         = "report-refused"  // never planned: the cloud did not accept what the device had to say
	NoDocument          = "no-document"     // never planned: the cloud did not deliver the job document
)

var (
	reasonsWithDownload    = []string{ChecksumMismatch, InsufficientSpace, LowBattery, DownloadInterrupted}
	reasonsWithoutDownload = []string{LowBattery, DeviceBusy, Unsupported}
)

// details say in a few words what a device found; they go to the cloud with the reason.
var details = map[string]string{
	ChecksumMismatch:    "the SHA-256 of the download is not the one in the job document",
	InsufficientSpace:   "not enough free space for the firmware",
	LowBattery:          "the battery is too low to update",
	DownloadInterrupted: "the connection was lost during the download",
	DeviceBusy:          "the vehicle is being driven",
	Unsupported:         "the device does not know the operation",
}

// assign gives every device its outcome: exactly rate per cent of them succeed, rounded. Who fails, and why, follows from
// the seed and the thing's name alone, so that the order in which AWS lists the executions does not matter.
func assign(devices []Device, rate int, seed int64, download bool) {
	reasons := reasonsWithoutDownload
	if download {
		reasons = reasonsWithDownload
	}
	for _, i := range lots(devices, seed)[:failures(len(devices), rate)] {
		d := &devices[i]
		d.Reason = reasons[fleet.Rand(seed, d.Thing+"/reason").IntN(len(reasons))]
	}
}

func failures(devices, rate int) int {
	return devices - int(math.Round(float64(devices)*float64(rate)/100))
}

// lots is the order in which the devices are drawn to fail.
func lots(devices []Device, seed int64) []int {
	drawn := make([]uint64, len(devices))
	order := make([]int, len(devices))
	for i, d := range devices {
		drawn[i], order[i] = fleet.Rand(seed, d.Thing).Uint64(), i
	}
	slices.SortFunc(order, func(a, b int) int {
		if c := cmp.Compare(drawn[a], drawn[b]); c != 0 {
			return c
		}
		return cmp.Compare(devices[a].Thing, devices[b].Thing)
	})
	return order
}

// fetches is how much of the firmware a device with a planned failure downloads before it fails.
func fetches(reason string) fraction {
	switch reason {
	case "", ChecksumMismatch:
		return whole
	case DownloadInterrupted:
		return half
	}
	return none
}

type fraction int

const (
	none fraction = iota
	half
	whole
)
