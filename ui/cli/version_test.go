package cli

import (
	"encoding/json"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestVersion(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"version"}, {"--version"}} {
		var out strings.Builder
		if code := Run(t.Context(), args, Streams{In: strings.NewReader(""), Out: &out, Err: &out}); code != exitDone || !strings.Contains(out.String(), runtime.Version()) {
			t.Errorf("%v exits %d and says:\n%s", args, code, out.String())
		}
	}
	var out strings.Builder
	Run(t.Context(), []string{"version", "--json"}, Streams{In: strings.NewReader(""), Out: &out, Err: &out})
	var object map[string]string
	if err := json.Unmarshal([]byte(out.String()), &object); err != nil || object["system"] != runtime.GOOS+"/"+runtime.GOARCH {
		t.Errorf("%v in %s", err, out.String())
	}
}

func TestVersionTellsTheSource(t *testing.T) {
	t.Parallel()
	info := &debug.BuildInfo{Main: debug.Module{Version: "v1.2.3"}, Settings: []debug.BuildSetting{
		{Key: "vcs.revision", Value: "abc"}, {Key: "vcs.time", Value: "2026-11-23T10:00:00Z"}, {Key: "vcs.modified", Value: "true"},
	}}
	if d := cmp.Diff([]fact{{"fleetlab", "v1.2.3"}, {"revision", "abc 2026-11-23T10:00:00Z (changed)"}}, built(info)[:2]); d != "" {
		t.Error(d)
	}
	if got := built(nil)[0].Value; got == "" {
		t.Error("a build that knows nothing must say so")
	}
	env := map[string]string{"TERM": "xterm", "TMUX": "/tmp/somewhere", "LANG": "ja_JP.UTF-8"}
	want := []fact{{"language", "ja"}, {"TERM", "xterm"}, {"TMUX", "yes"}, {"LANG", "ja_JP.UTF-8"}}
	if d := cmp.Diff(want, surroundings(func(name string) string { return env[name] }, "ja")); d != "" {
		t.Error(d)
	}
}
