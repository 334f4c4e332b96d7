package session_test

import (
	"encoding/base64"
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"fleetlab/aws/sandbox/session"
)

func draw(t *rapid.T) session.Session {
	text := rapid.StringMatching(`[A-Za-z0-9+=,.@-]{0,20}`)
	return session.Session{KeyID: session.NewKeyID(), Expires: time.Unix(rapid.Int64Range(0, 1<<33).Draw(t, "expires"), 0).UTC(),
		Role: text.Draw(t, "role"), RoleARN: text.Draw(t, "arn"), RoleID: text.Draw(t, "id"), Name: text.Draw(t, "name")}
}

// A token says what it was made for, to its own sandbox only, and not when a bit of it is changed.
func TestTokens(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := draw(t)
		c, err := session.Issue("master", s)
		if err != nil {
			t.Fatal(err)
		}
		got, secret, err := session.Open("master", c.Token)
		if err != nil || got != s || secret != c.SecretKey || len(secret) != 40 {
			t.Fatalf("%+v %v, want %+v", got, err, s)
		}
		if _, _, err := session.Open("other", c.Token); !errors.Is(err, session.ErrInvalid) {
			t.Fatalf("another sandbox takes it: %v", err)
		}
		b, err := base64.StdEncoding.DecodeString(c.Token)
		if err != nil {
			t.Fatal(err)
		}
		b[rapid.IntRange(0, len(b)-1).Draw(t, "byte")] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		if _, _, err := session.Open("master", base64.StdEncoding.EncodeToString(b)); !errors.Is(err, session.ErrInvalid) {
			t.Fatalf("a changed token is taken: %v", err)
		}
	})
}

func FuzzOpen(f *testing.F) {
	f.Add("")
	f.Add("AAAA")
	f.Fuzz(func(t *testing.T, token string) {
		if _, _, err := session.Open("master", token); err == nil {
			t.Errorf("%q is taken", token)
		}
	})
}
