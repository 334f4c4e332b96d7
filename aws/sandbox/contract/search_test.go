package contract_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

// found is how long a change may take to be found in the index.
const found = 2 * time.Minute

// search returns all things that a query finds, page by page.
func (l *lab) search(query string) (docs []types.ThingDocument, err error) {
	in := &iot.SearchIndexInput{QueryString: &query, MaxResults: aws.Int32(2)}
	for {
		out, err := l.iot.SearchIndex(l.ctx, in)
		if err != nil {
			return nil, err
		}
		docs = append(docs, out.Things...)
		if in.NextToken = out.NextToken; in.NextToken == nil {
			return docs, nil
		}
	}
}

// finds waits until a query finds just the things.
func (l *lab) finds(query string, want ...string) {
	l.Helper()
	l.wait(found, func() error {
		docs, err := l.search(query)
		if err != nil {
			return err
		}
		var got []string
		for _, d := range docs {
			got = append(got, aws.ToString(d.ThingName)[len(l.prefix):])
		}
		if slices.Sort(got); !slices.Equal(got, want) {
			return fmt.Errorf("%s finds %v, want %v", query, got, want)
		}
		return nil
	})
}

func TestSearchLanguage(t *testing.T) {
	each(t, func(l *lab) {
		l.indexed()
		run := l.prefix + "run" // keeps the queries to this test's things
		l.thing("a", "run", run, "color", "Red", "size", "5")
		l.thing("b", "run", run, "color", "blue", "size", "40")
		l.thing("c", "run", run, "size", "300")
		mine := "attributes.run:" + run + " AND "
		l.finds("thingName:"+*l.own("a"), "a")
		l.finds("attributes.run:"+run, "a", "b", "c")
		for query, want := range map[string][]string{
			"attributes.color:red":                              {"a"}, // values are compared without regard to case
			"attributes.color:(red OR blue)":                    {"a", "b"},
			"attributes.color:*":                                {"a", "b"},
			"NOT attributes.color:*":                            {"c"},
			"attributes.color:b*":                               {"b"},
			"attributes.color:b?ue":                             {"b"},
			"attributes.size > 5":                               {"b", "c"},
			"attributes.size:[5 TO 40]":                         {"a", "b"},
			"attributes.size:{5 TO 300}":                        {"b"},
			"(attributes.size:5 OR attributes.size:300)":        {"a", "c"},
			"thingName:" + l.prefix + "*":                       {"a", "b", "c"},
			"thingName:" + l.prefix + "* NOT thingName:*" + "a": {"b", "c"},
		} {
			l.finds(mine+query, want...)
		}
		for _, bad := range []string{"thingName:(", "attributes.size:[1 TO", "AND", `thingName:"a`} {
			_, err := l.search(bad)
			if problem := refusal(err, http.StatusBadRequest, "InvalidQueryException"); problem != nil {
				l.Errorf("%s: %v", bad, problem)
			}
		}
	})
}

func TestSearchFollowsGroupsAndShadows(t *testing.T) {
	each(t, func(l *lab) {
		l.indexed()
		l.fleet("G", "a", "b")
		l.thing("c")
		l.finds("thingGroupNames:"+*l.own("G"), "a", "b")
		l.write("a", "", `{"state":{"desired":{"lamp":"on"},"reported":{"lamp":"`+l.prefix+`"}}}`)
		l.finds("shadow.reported.lamp:"+l.prefix+"*", "a")
		l.finds("shadow.hasDelta:true AND thingName:"+l.prefix+"*", "a")
		l.write("b", "$package", `{"state":{"reported":{"`+l.prefix+`P":{"version":"1.0.0"}}}}`)
		l.finds("shadow.name.$package.reported."+l.prefix+"P.version:1.0.0", "b")
		l.finds("shadow.name.$package.reported."+l.prefix+"P.version:(1.0.0 OR 1.1.0)", "b")
		docs, err := l.search("thingName:" + *l.own("a"))
		if err != nil || len(docs) != 1 || !json.Valid([]byte(aws.ToString(docs[0].Shadow))) {
			l.Fatalf("document is %+v, %v", docs, err)
		}
		if !slices.Equal(docs[0].ThingGroupNames, []string{*l.own("G")}) || aws.ToString(docs[0].ThingId) == "" {
			l.Errorf("document is %+v", docs[0])
		}
	})
}
