package cli

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"github.com/adrg/xdg"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"fleetlab/aws/cloud"
	"fleetlab/aws/pace"
	"fleetlab/ui/component/learn"
	"fleetlab/ui/theme"
)

// options are the flags that every command has.
type options struct {
	cloud, profile, region, endpoint string
	lang, mode, pace, logFile        string
	state, quotas, consistency       string
	speed                            float64
	ephemeral                        bool
	debug, yes, json, noColor, ascii bool
	plain, mouse, version            bool
	theme                            string

	paceConfig        pace.Config
	wait              time.Duration // how long to wait while nobody answers
	speedSet, waitSet bool
}

func (a *app) globals(f *pflag.FlagSet) {
	o, t := &a.o, a.p.T
	f.StringVar(&o.cloud, "cloud", string(cloud.Sandbox), t("flag.cloud"))
	f.StringVar(&o.profile, "profile", "", t("flag.profile"))
	f.StringVar(&o.region, "region", "", t("flag.region"))
	f.StringVar(&o.endpoint, "endpoint-url", "", t("flag.endpoint-url"))
	f.StringVar(&o.lang, "lang", a.p.Lang(), t("flag.lang"))
	f.BoolVar(&o.debug, "debug", false, t("flag.debug"))
	f.BoolVarP(&o.yes, "yes", "y", false, t("flag.yes"))
	f.BoolVar(&o.json, "json", false, t("flag.json"))
	f.StringVar(&o.mode, "mode", learn.Guided.String(), t("flag.mode"))
	f.StringVar(&o.pace, "pace", "aws", t("flag.pace"))
	f.BoolVar(&o.noColor, "no-color", false, t("flag.no-color"))
	f.StringVar(&o.theme, "theme", string(theme.Auto), t("flag.theme"))
	f.BoolVar(&o.ascii, "ascii", false, t("flag.ascii"))
	f.StringVar(&o.logFile, "log-file", "", t("flag.log-file"))
	f.StringVar(&o.state, "state", "", t("flag.state"))
	f.BoolVar(&o.ephemeral, "ephemeral", false, t("flag.ephemeral"))
	f.DurationVar(&o.wait, "wait", defaultWait, t("flag.wait"))
	f.Lookup("wait").DefValue = "0s" // help prints no default: its words tell the one that holds
	f.StringVar(&o.quotas, "quotas", "aws", t("flag.quotas"))
	f.StringVar(&o.consistency, "consistency", "aws", t("flag.consistency"))
	f.Float64Var(&o.speed, "speed", 1, t("flag.speed"))
}

// check refuses values of the global flags that cannot be used, before anything is started.
func (a *app) check(cmd *cobra.Command, _ []string) error {
	o := &a.o
	a.cmd = cmd
	o.speedSet, o.waitSet = cmd.Flags().Changed("speed"), cmd.Flags().Changed("wait")
	if cmd.HasParent() || !a.wantsPlain() { // a conversation asks for ctrl+c whenever it has something to stop
		var ctx context.Context
		ctx, a.release = a.interruptible(cmd.Context())
		cmd.SetContext(ctx)
	}
	var err error
	if o.paceConfig, err = pace.Parse(o.pace); err != nil {
		return a.refuse("pace", o.pace, "aws, off, 1-100000")
	}
	if err = a.checkTheme(cmd.Flags().Changed("theme")); err != nil {
		return err
	}
	switch {
	case o.cloud != string(cloud.Sandbox) && o.cloud != string(cloud.AWS):
		return a.refuse("cloud", o.cloud, "sandbox, aws")
	case !isMode(o.mode):
		return a.refuse("mode", o.mode, "guided, presenter, express")
	case o.quotas != "aws" && o.quotas != "off":
		return a.refuse("quotas", o.quotas, "aws, off")
	case o.consistency != "aws" && o.consistency != "immediate":
		return a.refuse("consistency", o.consistency, "aws, immediate")
	case !(o.speed > 0 && o.speed <= maxSpeed):
		return a.refuse("speed", fmt.Sprint(o.speed), fmt.Sprintf("0.1-%d", maxSpeed))
	case o.region != "" && !regionName.MatchString(o.region):
		return a.refuse("region", o.region, "us-east-1, eu-central-1, ap-northeast-1")
	case o.wait < 0:
		return a.refuse("wait", o.wait.String(), "0s, 30s, 5m")
	case o.ephemeral && o.state != "":
		return usage(errors.New(a.p.T("cli.state-or-ephemeral", "State", o.state)))
	case o.endpoint != "" && !validURL(o.endpoint):
		return a.refuse("endpoint-url", o.endpoint, "http://127.0.0.1:4566")
	}
	if o.state == "" {
		o.state = stateDir()
	}
	return nil
}

// checkTheme takes the theme of the environment where the command line names none.
func (a *app) checkTheme(given bool) error {
	name, from := a.o.theme, "--theme"
	if env := os.Getenv(themeVariable); env != "" && !given {
		name, from = env, themeVariable
	}
	if !slices.Contains(theme.Names, theme.Name(name)) {
		return usage(errors.New(a.p.T("cli.bad-flag", "Flag", from, "Value", name, "Choices", theme.Choices())))
	}
	a.o.theme = name
	return nil
}

// themeVariable is the environment variable that chooses a theme.
const themeVariable = "FLEETLAB_THEME"

// wish is how the user wants the program to look.
func (o *options) wish() theme.Wish {
	return theme.Wish{Name: theme.Name(o.theme), NoColor: o.noColor, ASCII: o.ascii}
}

// regionName is the form of the names of all Regions: us-east-1, us-gov-west-1, eu-isoe-west-1.
var regionName = regexp.MustCompile(`^[a-z]{2,4}(-[a-z]+)+-[0-9]+$`)

// maxSpeed is the fastest sandbox clock that --speed takes.
const maxSpeed = 10_000

func isMode(name string) bool {
	_, ok := learn.ParseMode(name)
	return ok
}

func validURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

// refuse says that a flag's value is none of what it takes.
func (a *app) refuse(flag, value, choices string) error {
	return usage(errors.New(a.p.T("cli.bad-flag", "Flag", "--"+flag, "Value", value, "Choices", choices)))
}

// stateDir is where the sandbox's state, logs and files are kept: $XDG_STATE_HOME/fleetlab, or what takes its place on
// this system.
func stateDir() string { return filepath.Join(xdg.StateHome, "fleetlab") }

// logDir is where complete logs of runs are kept; none for a sandbox that keeps nothing.
func (o *options) logDir() string {
	if o.ephemeral {
		return ""
	}
	return filepath.Join(o.state, "logs")
}
