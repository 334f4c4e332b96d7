package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// fact is a line of what a report of a fault needs. Names and values are the same in every language, since others read them.
type fact struct{ Name, Value string }

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{Use: "version", Short: a.p.T("cmd.version"), Args: cobra.NoArgs, RunE: func(*cobra.Command, []string) error { return a.version() }}
}

// version prints what this program is and where it runs.
func (a *app) version() error {
	info, _ := debug.ReadBuildInfo()
	facts := append(built(info), surroundings(os.Getenv, a.p.Lang())...)
	if a.o.json {
		object := map[string]string{}
		for _, f := range facts {
			object[f.Name] = f.Value
		}
		return json.NewEncoder(a.Out).Encode(object)
	}
	for _, f := range facts {
		if _, err := fmt.Fprintf(a.Out, "%-9s %s\n", f.Name, f.Value); err != nil {
			return err
		}
	}
	return nil
}

// built is which source the program was built from, and by what. A build outside of its repository knows no revision.
func built(info *debug.BuildInfo) []fact {
	version, revision, changed, made := "(unknown)", "(unknown)", "", ""
	if info != nil {
		version = info.Main.Version
		for _, s := range info.Settings {
			switch s.Key {
			case "vcs.revision":
				revision = s.Value
			case "vcs.time":
				made = " " + s.Value
			case "vcs.modified":
				if s.Value == "true" {
					changed = " (changed)"
				}
			}
		}
	}
	return []fact{
		{"fleetlab", version}, {"revision", revision + made + changed},
		{"go", runtime.Version()}, {"system", runtime.GOOS + "/" + runtime.GOARCH},
	}
}

// surroundings are what decides how the screen looks.
func surroundings(getenv func(string) string, lang string) []fact {
	facts := []fact{{"language", lang}}
	for _, name := range []string{"TERM", "COLORTERM", "TMUX", "LC_ALL", "LC_CTYPE", "LANG", "NO_COLOR"} {
		value := getenv(name)
		if name == "TMUX" && value != "" {
			value = "yes" // its path says nothing, and names the user
		}
		if value != "" {
			facts = append(facts, fact{name, value})
		}
	}
	return facts
}
