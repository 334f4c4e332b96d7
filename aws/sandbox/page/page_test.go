package page

import (
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestPagesCoverTheList walks lists of any length with pages of any size.
func TestPagesCoverTheList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOfDistinct(rapid.StringN(1, 8, -1), rapid.ID).Draw(t, "all")
		slices.Sort(all)
		size := rapid.IntRange(1, 10).Draw(t, "size")
		list := Of("ListThings", "type")
		var got []string
		var token *string
		for {
			after, err := list.After(token)
			if err != nil {
				t.Fatal(err)
			}
			from, found := slices.BinarySearch(all, after)
			if found {
				from++
			}
			var rows []string
			rows, token = Cut(list, all[from:min(from+size+1, len(all))], size, func(s string) string { return s })
			got = append(got, rows...)
			if token == nil {
				break
			}
		}
		if !slices.Equal(got, all) {
			t.Fatalf("pages gave %q, want %q", got, all)
		}
	})
}

func TestForeignTokensAreRefused(t *testing.T) {
	t.Parallel()
	mine := Of("ListThings", "Vehicle")
	bad := "not base64!"
	short := "AAAA"
	for _, token := range []*string{Of("ListThings", "Truck").Token("a"), Of("ListThingTypes").Token("a"), &bad, &short} {
		if _, err := mine.After(token); !errors.Is(err, ErrToken) {
			t.Errorf("token %q: got %v, want ErrToken", *token, err)
		}
	}
}

func TestSize(t *testing.T) {
	t.Parallel()
	seven := int32(7)
	if got := Size(&seven, 25); got != 7 {
		t.Errorf("asked for 7, got %d", got)
	}
	if got := Size(nil, 25); got != 25 {
		t.Errorf("asked for nothing, got %d, want the default", got)
	}
}
