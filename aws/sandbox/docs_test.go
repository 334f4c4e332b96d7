package sandbox

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"fleetlab/aws/sandbox/clock"
	"fleetlab/aws/sandbox/limits"
	"fleetlab/aws/sandbox/realm"
	"fleetlab/aws/sandbox/s3"
	"fleetlab/aws/sandbox/store"
	"fleetlab/aws/sandbox/wire"
)

var update = flag.Bool("update", false, "write the generated part of docs/sandbox.md anew")

const (
	page  = "../../docs/sandbox.md"
	begin = "<!-- generated from the code: go test ./aws/sandbox -run Page -update -->\n"
	end   = "<!-- end of the generated part -->"
)

// The tables in docs/sandbox.md say what the code says.
func TestPageIsTrue(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(b), begin)
	written, tail, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("%s lacks %q or %q", page, begin, end)
	}
	want := tables(t)
	if written == want {
		return
	}
	if !*update {
		t.Fatalf("%s is out of date; run: go test ./aws/sandbox -run Page -update", page)
	}
	if err := os.WriteFile(page, []byte(head+begin+want+end+tail), 0o644); err != nil {
		t.Fatal(err)
	}
}

func tables(t *testing.T) string {
	t.Helper()
	st, err := store.Open("")
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	r := &realm.Realm{Store: st, Clock: clock.New(1, time.Time{}), Account: realm.Account, Region: "us-east-1"}
	server := wire.New(wire.Options{Realm: r})
	register(server, r)
	var w strings.Builder
	w.WriteString("\n### Operations\n")
	service := ""
	for _, o := range append(server.Operations(), objects()...) {
		if o.Service != service {
			service = o.Service
			fmt.Fprintf(&w, "\n#### %s\n\n| operation | supported | calls a second | known differences from AWS, and assumptions |\n|---|---|---|---|\n", service)
		}
		fmt.Fprintf(&w, "| %s | %s | %s | %s |\n", o.Name, map[bool]string{true: "yes", false: "no"}[o.Supported], rate(o), differences(o.Differences))
	}
	w.WriteString("\n### Rates\n\n| service | operations that share it | calls a second | answer beyond it |\n|---|---|---|---|\n")
	for _, r := range wire.Rates() {
		fmt.Fprintf(&w, "| %s | %s | %v | %d %s |\n", r.Service, strings.Join(r.Operations, ", "), r.TPS, r.Status, r.Code)
	}
	w.WriteString("\n### Counts and sizes\n\n| service | what | at most | answer beyond it |\n|---|---|---|---|\n")
	for _, l := range limits.Table() {
		fmt.Fprintf(&w, "| %s | %s | %s | %d %s |\n", l.Service, l.Name, strings.TrimSpace(fmt.Sprint(l.Value, " ", l.Unit)), l.Status, l.Code)
	}
	w.WriteString("\n")
	return w.String()
}

// objects are S3's operations, which no model lists. Their rates are by prefix, not by operation.
func objects() (all []wire.Offered) {
	for _, o := range s3.Operations() {
		all = append(all, wire.Offered{Service: "s3", Name: o.Name, Supported: true, Differences: o.Differences})
	}
	return all
}

func rate(o wire.Offered) string {
	switch {
	case o.Service == "s3":
		return "see below"
	case o.TPS == 0:
		return "-"
	default:
		return strconv.FormatFloat(o.TPS, 'f', -1, 64) + map[bool]string{true: " (shared)"}[o.Shared != ""]
	}
}

func differences(list []wire.Difference) string {
	var words []string
	for _, d := range list {
		words = append(words, strings.ReplaceAll(string(d), "|", `\|`))
	}
	return cmp.Or(strings.Join(words, " "), "-")
}
