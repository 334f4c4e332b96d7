package sandbox

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"fleetlab/aws/sandbox/store"
)

// Env returns the environment, as NAME=value, with which the AWS CLI and every SDK use the sandbox.
func (s *Sandbox) Env() []string {
	return []string{
		"AWS_ACCESS_KEY_ID=" + s.AccessKey(),
		"AWS_SECRET_ACCESS_KEY=" + s.SecretKey(),
		"AWS_REGION=" + s.Region(),
		"AWS_DEFAULT_REGION=" + s.Region(),
		"AWS_ENDPOINT_URL=" + s.Endpoint(),
	}
}

// Exports returns Env as lines for a POSIX shell. They also take away what would overrule them: a profile and the
// token of temporary credentials.
func (s *Sandbox) Exports() []string {
	lines := []string{"unset AWS_PROFILE AWS_SESSION_TOKEN AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"}
	for _, v := range s.Env() {
		name, value, _ := strings.Cut(v, "=")
		lines = append(lines, "export "+name+"="+quote(value))
	}
	return lines
}

// quote writes s as one word of a POSIX shell.
func quote(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_.:/", r)
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// Reset deletes the state in dir and keeps the credentials. It refuses while a sandbox runs there.
func Reset(dir string) error {
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	held, err := tryLock(dir)
	if err != nil {
		return err
	}
	if held == nil {
		return fmt.Errorf("reset %s: a sandbox is running there; stop it first", dir)
	}
	var errs []error
	for _, suffix := range []string{"", "-wal", "-shm"} {
		err := os.Remove(filepath.Join(dir, store.FileName+suffix))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, fmt.Errorf("reset %s: %w", dir, err))
		}
	}
	return errors.Join(append(errs, held.release())...)
}
