package report

import (
	"bufio"
	_ "embed"
	"html"
	"strconv"
)

// style is the page's look: light and dark as the reader's system says, and fit to be printed.
//
//go:embed style.css
var style string

// policy lets the page load nothing and run nothing, whatever it may contain.
const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"

// escape makes text from anywhere text of a page, in an element as well as in an attribute between double quotes.
func escape(s string) string { return html.EscapeString(clean(s)) }

// page writes a page that is HTML and well-formed XML at once.
type page struct{ *bufio.Writer }

func (p page) write(parts ...string) {
	for _, s := range parts {
		_, _ = p.WriteString(s) // a bufio.Writer keeps its first error
	}
}

// writeHTML writes a report as one page that loads nothing.
func writeHTML(b *bufio.Writer, words Words, r Report) {
	d, p := describe(words, r), page{b}
	p.write("<!DOCTYPE html>\n<html lang=\"", escape(d.lang), "\">\n<head>\n<meta charset=\"utf-8\"/>\n",
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n",
		"<meta http-equiv=\"Content-Security-Policy\" content=\"", policy, "\"/>\n",
		"<link rel=\"icon\" href=\"data:,\"/>\n", // else a browser asks the server for one
		"<title>", escape(d.title), "</title>\n<style>\n", style, "</style>\n</head>\n<body>\n<main>\n<h1>", escape(d.title), "</h1>\n",
		"<p class=\"lead\">", escape(d.lead), "</p>\n")
	for _, a := range d.alarms {
		p.write("<p class=\"alarm\" role=\"alert\"><strong>", escape(words.T("report.error")), "</strong> ", escape(a), "</p>\n")
	}
	charts := 0
	for i, s := range d.sections {
		id := "s" + strconv.Itoa(i+1)
		p.write("<section aria-labelledby=\"", id, "\">\n<h2 id=\"", id, "\">", escape(s.title), "</h2>\n")
		for _, c := range s.charts {
			if !c.empty() {
				charts++
				p.write(c.svg(charts))
			}
		}
		if s.code != "" {
			p.write("<pre><code>", escape(s.code), "</code></pre>\n")
		}
		if len(s.table.rows) > 0 {
			p.table(s.table, id)
		}
		for _, n := range s.notes {
			p.write("<p>", escape(n), "</p>\n")
		}
		p.write("</section>\n")
	}
	p.write("</main>\n</body>\n</html>\n")
}

// table writes a table that scrolls on its own where the window is narrow; its name is the heading of that id.
func (p page) table(t table, id string) {
	p.write("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-labelledby=\"", id, "\">\n<table>\n<thead><tr>")
	for i, c := range t.head {
		p.write("<th scope=\"col\"", t.align(i), ">", escape(c), "</th>")
	}
	p.write("</tr></thead>\n<tbody>\n")
	for _, r := range t.rows {
		if r.wrong {
			p.write("<tr class=\"wrong\">")
		} else {
			p.write("<tr>")
		}
		for i, c := range r.cells {
			tag := "td"
			if i == 0 {
				tag = "th"
			}
			p.write("<", tag, rowScope(i), t.align(i), ">", escape(c), "</", tag, ">")
		}
		p.write("</tr>\n")
	}
	p.write("</tbody>\n</table>\n</div>\n")
}

func rowScope(column int) string {
	if column == 0 {
		return " scope=\"row\""
	}
	return ""
}

func (t table) align(column int) string {
	if column >= t.numeric {
		return " class=\"n\""
	}
	return ""
}
