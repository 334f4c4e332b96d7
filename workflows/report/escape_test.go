package report_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
	"pgregory.net/rapid"

	"fleetlab/ui/locale"
	"fleetlab/workflows/event"
	"fleetlab/workflows/report"
	"fleetlab/workflows/simulate"
)

// hostile is what a cloud may hold, whether or not AWS would take it.
var hostile = []string{"<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onload='", "&amp;&#x3c;", "]]>", "<!-- -->", "| a | b |\n# h",
	"[x](javascript:alert(1))", "![x](http://example.com/x)", "https://example.com", "www.example.com", "me@example.com", "```\n", "`", "**b**", "$x$", "\\",
	"\x00\x1b[31m", "\u202eabc", "\xff\xfe", "\ufffe", "日本語", "</style>", "&lt;", "\u2028", "~~x~~", "<http://example.com>", "&copy;", ":smile:"}

// anything draws a report whose every text is what somebody made up.
func anything(t *rapid.T) report.Report {
	word := rapid.OneOf(rapid.SampledFrom(hostile), rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }))
	count := rapid.IntRange(0, 1_000_000)
	counts := rapid.MapOfN(word, count, 0, 4)
	r := simulate.Report{Account: word.Draw(t, "account"), Region: word.Draw(t, "region"), Planned: counts.Draw(t, "planned"),
		Expected: counts.Draw(t, "expected"), Unplanned: count.Draw(t, "unplanned"), Reasons: counts.Draw(t, "reasons"),
		CloudReasons: counts.Draw(t, "cloud reasons"), CloudCounts: counts.Draw(t, "cloud counts"), Superseded: counts.Draw(t, "superseded"),
		Checked: rapid.Bool().Draw(t, "checked"), PerSecond: rapid.Float64Range(0, 1e6).Draw(t, "rate")}
	r.Status = event.Status(word.Draw(t, "status"))
	r.Counts = event.Counts{simulate.Execution: {event.Status(word.Draw(t, "counted")): count.Draw(t, "n")}}
	r.Latency.P50 = rapid.Float64Range(0, 1e6).Draw(t, "p50")
	r.Latency.Max = r.Latency.P50 * 2
	for range rapid.IntRange(0, 3).Draw(t, "jobs") {
		r.Jobs = append(r.Jobs, simulate.JobSummary{ID: word.Draw(t, "job"), Comment: word.Draw(t, "comment"), Packages: []string{word.Draw(t, "package")}})
		r.Differences = append(r.Differences, simulate.Difference{Status: word.Draw(t, "of"), Reason: word.Draw(t, "reason")})
		r.Timeline = append(r.Timeline, simulate.Sample{Seconds: rapid.Float64Range(0, 1e5).Draw(t, "at"), Rate: rapid.Float64Range(0, 1e5).Draw(t, "r"), Counts: counts.Draw(t, "sample")})
		r.Failures = append(r.Failures, event.Event{Subject: word.Draw(t, "thing"), Detail: map[string]string{"reason": word.Draw(t, "why")},
			Fault: &event.Fault{Message: word.Draw(t, "message")}})
		r.Slowest = append(r.Slowest, simulate.Laggard{Thing: word.Draw(t, "slow"), Seconds: 3})
	}
	return report.New(r, nil, report.Versions{word.Draw(t, "pkg"): {word.Draw(t, "version"): {"a"}}}, time.Unix(0, 0))
}

func TestAnyReportIsWellFormed(t *testing.T) {
	t.Parallel()
	p := words(t, "ja")
	rapid.Check(t, func(t *rapid.T) {
		r := anything(t)
		var page, doc, data bytes.Buffer
		if err := errors.Join(report.Write(&page, report.HTML, p, r), report.Write(&doc, report.Markdown, p, r), report.Write(&data, report.JSON, p, r)); err != nil {
			t.Fatal(err)
		}
		if !json.Valid(data.Bytes()) {
			t.Errorf("no JSON: %s", data.Bytes())
		}
		if err := wellFormed(page.Bytes()); err != nil {
			t.Errorf("%v in %s", err, page.Bytes())
		}
		if err := plain(doc.Bytes()); err != nil {
			t.Errorf("%v in %s", err, doc.Bytes())
		}
	})
}

var (
	errElement = errors.New("an element that a report has not")
	errLoads   = errors.New("an attribute that loads or runs something")
)

const elements = " html head meta link title style body main h1 h2 p strong section svg desc text rect polygon polyline path pre code div table thead tbody tr th td "

// wellFormed reads a page as strict XML, and finds what is no part of a report.
func wellFormed(page []byte) error {
	d := xml.NewDecoder(bytes.NewReader(page))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if !strings.Contains(elements, " "+start.Name.Local+" ") {
			return errElement
		}
		for _, a := range start.Attr {
			name := strings.ToLower(a.Name.Local)
			if strings.HasPrefix(name, "on") || name == "src" || name == "href" && a.Value != "data:," || name == "style" {
				return errLoads
			}
		}
	}
}

// plain reads a document as Markdown: text from elsewhere is no HTML, no link, no picture, and no heading.
func plain(doc []byte) error {
	md := goldmark.New(goldmark.WithExtensions(extension.GFM))
	return ast.Walk(md.Parser().Parse(text.NewReader(doc)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n.Kind() {
		case ast.KindHTMLBlock, ast.KindRawHTML, ast.KindLink, ast.KindImage, ast.KindAutoLink, ast.KindCodeSpan, ast.KindList:
			return ast.WalkStop, errElement
		}
		return ast.WalkContinue, nil
	})
}

// The page needs nothing but itself, and has what a reader without eyes for colours or pictures needs.
func TestPageStandsAlone(t *testing.T) {
	t.Parallel()
	for _, lang := range locale.Languages {
		page := write(t, report.HTML, lang, sample())
		if err := wellFormed([]byte(page)); err != nil {
			t.Error(err)
		}
		if at := regexp.MustCompile(`https?:|@import|url\(`).FindString(page); at != "" {
			t.Errorf("the page names another place: %s", at)
		}
		if charts, named := strings.Count(page, "<svg "), strings.Count(page, "<desc "); charts < 4 || named != charts {
			t.Errorf("%d charts, %d told in words", charts, named)
		}
		for _, want := range []string{`<html lang="` + lang + `">`, "prefers-color-scheme: dark", "<title>", `role="alert"`, `scope="col"`} {
			if !strings.Contains(page, want) {
				t.Errorf("%s is missing", want)
			}
		}
		if n := strings.Count(page, `class="wrong"`); n != 3 { // two differences and a failure that was not planned
			t.Errorf("%d rows stand out", n)
		}
	}
}

func FuzzEscape(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	p := words(f, "en")
	f.Fuzz(func(t *testing.T, s string) {
		r := sample()
		r.Jobs[0].ID, r.Jobs[0].Comment, r.Failures[0].Fault.Message, r.Command, r.Differences[0].Status = s, s, s, s, s
		var page, doc bytes.Buffer
		if err := errors.Join(report.Write(&page, report.HTML, p, r), report.Write(&doc, report.Markdown, p, r)); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(wellFormed(page.Bytes()), plain(doc.Bytes())); err != nil {
			t.Errorf("%q: %v", s, err)
		}
		if n, m := strings.Count(doc.String(), "\n## "), strings.Count(page.String(), "<h2 "); n != m || n != 9 {
			t.Errorf("%q makes %d and %d headings", s, n, m)
		}
	})
}
