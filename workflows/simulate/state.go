package simulate

// State is where a device is with its execution, as a small number: a grid of ten thousand of them is ten kilobytes.
type State uint8

// The states, in the order in which a device passes them. From Succeeded on it has ended.
const (
	NotReached  State = iota // the job has not reached the thing yet
	Queued                   // the execution waits
	Offline                  // so does the device, which comes later
	Checking                 // the device has started: IN_PROGRESS
	Downloading              // the firmware
	Verifying                // its digest
	Installing               // the update, or carrying out the operation
	Rebooting                // into the new version
	Quiet                    // it is heard of no more: IN_PROGRESS until the timer runs out
	Succeeded
	Failed
	Refused    // REJECTED
	TimedOut   // TIMED_OUT
	Canceled   // the cloud ended it, by a cancel or an abort
	Removed    // the thing left the group of a continuous job, or was deleted
	Elsewhere  // another run has it or has ended it
	Unfinished // the run ended before the device did
)

var stateNames = [...]string{"not-reached", "queued", "offline", "checking", "downloading", "verifying", "installing", "rebooting",
	"quiet", "succeeded", "failed", "rejected", "timed-out", "canceled", "removed", "elsewhere", "unfinished"}

// NumStates is how many states there are.
const NumStates = len(stateNames)

// String is the state's name, which is the same in every language.
func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return "?"
}

// MarshalText is String.
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Ended tells that the device has come to its end.
func (s State) Ended() bool { return s >= Succeeded }
