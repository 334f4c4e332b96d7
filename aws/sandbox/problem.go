package sandbox

import (
	"errors"
	"io/fs"
	"syscall"

	"fleetlab/aws/sandbox/store"
)

// Problem is why a sandbox cannot start, as far as a person can do something about it.
type Problem string

// The problems.
const (
	ProblemAddr     Problem = "addr"     // something else listens on the address
	ProblemNewer    Problem = "newer"    // a newer fleetlab has written the state; nothing of it was changed
	ProblemDenied   Problem = "denied"   // the state directory, or the address, is not for this user
	ProblemFull     Problem = "full"     // the disk has no room left
	ProblemBusy     Problem = "busy"     // a process owns the state directory and does not answer
	ProblemDamaged  Problem = "damaged"  // the state file is no such file, or is not whole
	ProblemNotADir  Problem = "not-dir"  // there is a file where the state directory should be
	ProblemReadOnly Problem = "readonly" // the state directory cannot be written
)

// errBusy means that a process owns the state directory and does not answer.
var errBusy = errors.New("in use by a process that does not answer")

// Explain says why Start failed; "" when there is nothing more to say than err does.
func Explain(err error) Problem {
	for _, p := range []struct {
		is      bool
		problem Problem
	}{
		{errors.Is(err, syscall.EADDRINUSE), ProblemAddr},
		{errors.Is(err, store.ErrVersion), ProblemNewer},
		{errors.Is(err, errBusy), ProblemBusy},
		{store.Full(err), ProblemFull},
		{store.Damaged(err), ProblemDamaged},
		{errors.Is(err, syscall.ENOTDIR), ProblemNotADir},
		{errors.Is(err, syscall.EROFS), ProblemReadOnly},
		{errors.Is(err, fs.ErrPermission), ProblemDenied},
	} {
		if p.is {
			return p.problem
		}
	}
	return ""
}
