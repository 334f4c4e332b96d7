package index

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

// foundText is which of the search tests' things a query finds, or "error".
func (h *handlers) foundText(query string) string {
	list, err := h.found(query)
	if err != nil {
		return "error"
	}
	return strings.Join(list, "")
}

func TestQueriesOfTheGuide(t *testing.T) {
	t.Parallel()
	h := fleet(t)
	h.exec(t, "UPDATE things SET billing_group='Payers' WHERE name='Van-4'")
	h.exec(t, `UPDATE shadows SET metadata_json='{"reported":{"temp":{"timestamp":1700000000}}}' WHERE thing_name='Car-1' AND name=''`)
	for query, want := range map[string]string{
		`thingName:(car* AND -car\-1)`: "2",
		`thingName : "car-1"`:          "1",
		`attributes.country:JP OR attributes.speed<95 NOT attributes.vin>z`:  "1",
		`attributes.vin:["vin-001" TO "vin-002"}`:                            "1",
		`attributes.speed:[-5 TO -1] OR attributes.speed:[-1 TO 90]`:         "1",
		`shadow.reported.temp : [1 TO 5]`:                                    "2",
		`shadow.reported.tags:* NOT shadow.desired.tags:*`:                   "1",
		`shadow.metadata.reported.temp.timestamp >= 1700000000`:              "1",
		`shadow.name.named.reported.mode:eco`:                                "3",
		`shadow.name.named.reported.mode:"ECO  100%"`:                        "3",
		`shadow.name.named.reported.mode:100`:                                "",
		`shadow.name.$package.reported.totalCount:2`:                         "1",
		`shadow.name.\$package.reported.totalCount < 2`:                      "2",
		`shadow.name.$package.reported.my.pkg.attributes.env:dev`:            "1",
		`shadow.name.$package.reported.Sedan:*`:                              "12",
		`shadow.name.$package.version:7 AND shadow.name.$package.hasDelta:*`: "12",
		`thingGroupNames:payers`:                                             "4",
		`thingGroupNames:*`:                                                  "124",
		`connectivity.connected:*`:                                           "1234",
		`connectivity.timestamp:* OR connectivity.disconnectReason:*`:        "",
		`NOT deviceDefender.violationCount > 0`:                              "1234",
		`thingName:"NOT"`:                                                    "",
		`or and not`:                                                         "",
		`TO OR -car\-1 thingTypeName:Sedan`:                                  "2",
		`attributes.speed > *`:                                               "12",
		`thingName:*-1`:                                                      "1",
	} {
		if got := h.foundText(query); got != want {
			t.Errorf("%s found %q, want %q", query, got, want)
		}
	}
}

func TestRefusedQueriesSayWhatToDo(t *testing.T) {
	t.Parallel()
	h := fleet(t)
	for query, want := range map[string]string{
		`thingName:OR`:           "position 11: unexpected OR; a value (put the word in quotes",
		`attributes.note:a:b`:    `position 18: unexpected :; a term was expected. To search for the character itself write \:`,
		`registry.version > 1*`:  "position 20: a bound cannot have wildcards",
		`thingName:[a* TO b]`:    "position 12: a bound cannot have wildcards",
		`thingName:a? b *c d ?e`: "position 21: only one term can start with * or ?",
		`thingName:*x AND attributes.abcdefghijklmnopqrstuvwxyz:abcdefghijklmnopqrstuvwxyz AND attributes.country:JP`: "can have at most 100 characters; it has 10",
		`shadow.name.$package.reported.Sedan.version > 1.0.0`:                                                         "position 1: the version of a package cannot be compared",
		`NOT shadow.name.\$package.reported.my.pkg.version:[1 TO 2]`:                                                  "position 5: the version of a package cannot be compared",
		`a thingGroupName:x`:   "invalid field name, field name: thingGroupName, query string: a thingGroupName:x. At position 3: the fields are thingName",
		`shadow.state.x:1`:     "invalid field name, field name: shadow.state.x",
		`shadow.reported..x:1`: "invalid field name",
		`attributes:1`:         "invalid field name",
		`connectivity.since:1`: "invalid field name",
		`*:*`:                  "invalid field name, field name: *",
		` `:                    "position 2: unexpected the end",
		`"" AND`:               "position 7",
		`[1 TO 2]`:             "a term was expected",
	} {
		refused(t, h.search, &iot.SearchIndexInput{QueryString: &query}, "InvalidQueryException", want)
	}
}

func TestCaseOfAllLetters(t *testing.T) {
	t.Parallel()
	h := fleet(t)
	for _, pair := range [][2]string{{"Straße 5", "STRAẞE"}, {"Ürün", "ürün"}, {"ΟΔΟΣ", "οδος"}, {"Ж", "ж"}, {"2 \u212aelvin", "kelvin"}, {"mi\u017fs", "MISS"}} {
		h.exec(t, "UPDATE shadows SET state_json=json_object('reported',json_object('note',?)) WHERE thing_name='Bus-3' AND name='named'", pair[0])
		for _, query := range []string{`shadow.name.named.reported.note:` + pair[1], pair[1], `shadow.name.named.reported.note:` + pair[1][:len(pair[1])-1] + `*`} {
			if strings.ToValidUTF8(query, "") != query {
				continue // the last letter was not one byte
			}
			if got := h.foundText(query); got != "3" {
				t.Errorf("%s found %q in %q", query, got, pair[0])
			}
		}
	}
}

func TestSearchWithoutShadows(t *testing.T) {
	t.Parallel()
	h := fleet(t)
	ok(t, h.updateConfig, &iot.UpdateIndexingConfigurationInput{ThingIndexingConfiguration: &types.ThingIndexingConfiguration{ThingIndexingMode: "REGISTRY"}})
	for query, want := range map[string]string{`sedan`: "12", `red`: "", `shadow.reported.tags:red`: "", `connectivity.connected:*`: "", `NOT shadow.version:*`: "1234"} {
		if got := h.foundText(query); got != want {
			t.Errorf("%s found %q, want %q", query, got, want)
		}
	}
	refused(t, h.search, &iot.SearchIndexInput{QueryString: text("shadow.name.$package.reported.P.version > 1")}, "InvalidQueryException", "compared")
}
