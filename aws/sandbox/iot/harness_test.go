package iot

import (
	"context"
	"errors"
	"testing"
	"time"

	"fleetlab/aws/sandbox/clock"
	"fleetlab/aws/sandbox/realm"
	"fleetlab/aws/sandbox/store"

	"github.com/aws/smithy-go"
)

var (
	ctx   = context.Background()
	start = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
)

// open returns the handlers of an empty registry, and its clock.
func open(t testing.TB, hooks Hooks) (*handlers, *clock.Manual) {
	t.Helper()
	s, err := store.Open("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	c := clock.NewManual(start)
	return &handlers{r: &realm.Realm{
		Store: s, Clock: c, Account: realm.Account, Region: "us-east-1", Endpoint: "http://127.0.0.1:4566",
	}, hooks: hooks}, c
}

// ok calls a handler that must succeed.
func ok[I, O any](t testing.TB, fn func(context.Context, *I) (*O, error), in *I) *O {
	t.Helper()
	out, err := fn(ctx, in)
	if err != nil {
		t.Fatalf("%T: %v", in, err)
	}
	return out
}

// refused calls a handler that must answer the exception with the message.
func refused[I, O any](t testing.TB, fn func(context.Context, *I) (*O, error), in *I, code, message string) {
	t.Helper()
	_, err := fn(ctx, in)
	var api smithy.APIError
	if !errors.As(err, &api) {
		t.Fatalf("%T: got %v, want %s", in, err, code)
	}
	if api.ErrorCode() != code || message != "" && api.ErrorMessage() != message {
		t.Errorf("%T: got %s %q, want %s %q", in, api.ErrorCode(), api.ErrorMessage(), code, message)
	}
}

func p[T any](v T) *T { return &v }
