package simulate

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"fleetlab/workflows/fleet"
)

// Kinds of failure that can be planned, in the order of the form. Each is the reason that the device reports and the one
// that events, plans and reports carry.
const (
	DownloadInterrupted = "download-interrupted" // in the middle of the download
	ChecksumMismatch    = "checksum-mismatch"    // after the download: its SHA-256 is not the one in the job document
	NoSpace             = "no-space"             // before the download
	LowBattery          = "low-battery"          // before the download
	InstallError        = "install-error"        // while the update is put in, or the operation carried out
	Rejected            = "rejected"             // the device refuses the job: REJECTED
	Silent              = "silent"               // the device starts and is heard of no more, until the cloud's timer runs out: TIMED_OUT
)

// Reasons that are never planned.
const (
	DownloadFailed = "download-failed" // no or not all the firmware could be fetched
	NotReported    = "report-refused"  // the cloud did not accept what the device had to say
	NoDocument     = "no-document"     // the cloud did not deliver the job document
)

var kinds = [...]string{DownloadInterrupted, ChecksumMismatch, NoSpace, LowBattery, InstallError, Rejected, Silent}

// Kinds lists the kinds of failure in the order of the form.
func Kinds() []string { return slices.Clone(kinds[:]) }

// NeedsDownload tells that devices can only fail in that way where there is firmware to download.
func NeedsDownload(kind string) bool {
	return kind == DownloadInterrupted || kind == ChecksumMismatch || kind == NoSpace
}

// Reasons why a field's value is refused, beside those of fleet.
const (
	NoKind       fleet.Reason = "no-kind"       // devices are to fail, but no kind of failure fits: rate
	BadWeight    fleet.Reason = "bad-weight"    // an item is not KIND:NUMBER: item, max
	NeedsTimeout fleet.Reason = "needs-timeout" // silence lasts for ever without the job's timeout: item
	StartsLater  fleet.Reason = "starts-later"  // a job is SCHEDULED: item, time
)

// Weights say how often devices fail in each of the ways, in proportion to each other; in the order of Kinds.
type Weights [len(kinds)]int

// maxWeight is the largest weight of a kind.
const maxWeight = 1000

// DefaultWeights are those of a fleet on the road: most failures are the network's. Silence is left out, since it takes a
// job with a timeout.
func DefaultWeights() Weights { return Weights{4, 1, 2, 2, 2, 1, 0} }

// String is how weights are typed: download-interrupted:4,checksum-mismatch:1. Kinds that weigh nothing are left out; all of
// them: none.
func (w Weights) String() string {
	var parts []string
	for i, n := range w {
		if n > 0 {
			parts = append(parts, kinds[i]+":"+strconv.Itoa(n))
		}
	}
	if len(parts) == 0 {
		return noKinds
	}
	return strings.Join(parts, ",")
}

const noKinds = "none"

// MarshalText is String, so that JSON is as legible as what was typed.
func (w Weights) MarshalText() ([]byte, error) { return []byte(w.String()), nil }

// UnmarshalText reads what MarshalText writes. The error is a *fleet.FieldError.
func (w *Weights) UnmarshalText(text []byte) error { return w.set(string(text)) }

// Of is the weight of a kind; 0 for what is noKinds.
func (w Weights) Of(kind string) int {
	if i := slices.Index(kinds[:], kind); i >= 0 {
		return w[i]
	}
	return 0
}

func (w *Weights) set(text string) error {
	if strings.EqualFold(strings.TrimSpace(text), noKinds) {
		*w = Weights{}
		return nil
	}
	var read Weights
	seen := map[string]bool{}
	_, err := fleet.List(FieldFailures, text, len(kinds), func(item string) *fleet.FieldError {
		kind, number, _ := strings.Cut(item, ":")
		kind = strings.ToLower(strings.TrimSpace(kind))
		i := slices.Index(kinds[:], kind)
		if i < 0 {
			return fleet.Refuse("", item, fleet.NoSuch, "item", kind, "choices", strings.Join(kinds[:], ", "))
		}
		if seen[kind] {
			return fleet.Refuse("", item, fleet.Twice, "item", kind)
		}
		seen[kind] = true
		n, err := strconv.Atoi(strings.TrimSpace(number))
		if err != nil || n < 0 || n > maxWeight {
			return fleet.Refuse("", item, BadWeight, "item", item, "max", maxWeight)
		}
		read[i] = n
		return nil
	})
	if err != nil {
		return err
	}
	*w = read
	return nil
}

func (w Weights) total() int {
	n := 0
	for _, x := range w {
		n += x
	}
	return n
}

// fitting leaves out the kinds that a job without firmware cannot fail in.
func (w Weights) fitting(download bool) Weights {
	for i, kind := range kinds {
		if !download && NeedsDownload(kind) {
			w[i] = 0
		}
	}
	return w
}

// draw is one of the kinds, each as often as its weight says; empty when noKinds weighs anything.
func (w Weights) draw(r *rand.Rand) string {
	total := w.total()
	if total == 0 {
		return ""
	}
	n := r.IntN(total)
	for i, x := range w {
		if n -= x; n < 0 {
			return kinds[i]
		}
	}
	return ""
}
