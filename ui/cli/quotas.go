package cli

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"fleetlab/aws/sandbox/limits"
	"fleetlab/aws/sandbox/wire"
	"fleetlab/ui/text"
)

// showQuotas prints what the sandbox holds callers to: rates by operation, counts and sizes by resource, each with the answer
// beyond it. With --json it is one value of both lists.
func (a *app) showQuotas() error {
	rates, table := wire.Rates(), limits.Table()
	if a.o.json {
		return json.NewEncoder(a.Out).Encode(struct {
			Rates  []wire.Rate    `json:"rates"`
			Limits []limits.Limit `json:"limits"`
		}{rates, table})
	}
	t := a.p.T
	rows := [][]string{{t("cli.quota-service"), t("cli.quota-rate"), t("cli.quota-answer"), t("cli.quota-operation")}}
	for _, r := range rates {
		rows = append(rows, []string{r.Service, strconv.FormatFloat(r.TPS, 'f', -1, 64), answer(r.Status, r.Code), strings.Join(r.Operations, " + ")})
	}
	a.printTable(t("cli.quota-rates"), rows)
	rows = [][]string{{t("cli.quota-service"), t("cli.quota-limit"), t("cli.quota-answer"), t("cli.quota-what")}}
	for _, l := range table {
		rows = append(rows, []string{l.Service, strings.TrimSpace(fmt.Sprint(l.Value, " ", l.Unit)), answer(l.Status, l.Code), l.Name})
	}
	_, _ = fmt.Fprintln(a.Out)
	a.printTable(t("cli.quota-limits"), rows)
	return nil
}

func answer(status int, code string) string { return fmt.Sprint(status, " ", code) }

// printTable prints rows under a title, columns as wide as their widest cell.
func (a *app) printTable(title string, rows [][]string) {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], text.Width(cell))
		}
	}
	_, _ = fmt.Fprintln(a.Out, title)
	_, _ = fmt.Fprintln(a.Out)
	for _, row := range rows {
		cells := slices.Clone(row)
		for i := range cells {
			cells[i] = text.Pad(cells[i], widths[i])
		}
		_, _ = fmt.Fprintln(a.Out, strings.TrimRight("  "+strings.Join(cells, "  "), " "))
	}
}
