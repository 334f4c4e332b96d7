package tag

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"fleetlab/aws/sandbox/store"
)

const arn = "arn:aws:iot:us-east-1:000000000000:thingtype/Sedan"

func open(t *testing.T) *store.Store {
	t.Helper()
	s, err := store.Open("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestSetReplacesAndRemoveForgets(t *testing.T) {
	t.Parallel()
	err := open(t).Update(func(tx *store.Tx) error {
		if err := Set(tx, arn, []Tag{{"b", "1"}, {"a", "1"}, {"c", "1"}}); err != nil {
			return err
		}
		if err := Set(tx, arn, []Tag{{"b", "2"}}); err != nil {
			return err
		}
		if err := Remove(tx, arn, []string{"c", "unknown"}); err != nil {
			return err
		}
		got, err := After(tx, arn, "", Limit)
		if want := []Tag{{"a", "1"}, {"b", "2"}}; !slices.Equal(got, want) {
			t.Errorf("tags are %v, want %v", got, want)
		}
		if got, _ := After(tx, arn, "a", 1); !slices.Equal(got, []Tag{{"b", "2"}}) {
			t.Errorf("tags behind a are %v", got)
		}
		if err := Clear(tx, arn); err != nil {
			return err
		}
		if got, _ := After(tx, arn, "", Limit); got != nil {
			t.Errorf("tags after Clear are %v", got)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	s := open(t)
	many := make([]Tag, Limit)
	for i := range many {
		many[i].Key = fmt.Sprint(i)
	}
	set := func(tags ...Tag) error {
		return s.Update(func(tx *store.Tx) error { return Set(tx, arn, tags) })
	}
	if err := set(many...); err != nil {
		t.Fatalf("%d tags: %v", Limit, err)
	}
	if err := set(Tag{Key: "one more"}); !errors.Is(err, ErrTooMany) {
		t.Errorf("got %v, want ErrTooMany", err)
	}
	if err := set(Tag{Key: "aws:owner"}); !errors.Is(err, ErrReserved) {
		t.Errorf("got %v, want ErrReserved", err)
	}
}
