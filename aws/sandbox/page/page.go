// Package page makes the opaque tokens with which list operations continue. A page starts behind the last
// key of the page before, so that a long list costs the same on every page and stays right while it grows.
package page

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strings"
)

// ErrToken means that a token was not made by this list with these filters.
var ErrToken = errors.New("invalid nextToken: use the one from the page before, with the same filters")

const digestSize = 6

// List is one list operation with its filters; a token of another list is refused.
type List [digestSize]byte

// Of names a list: the operation and the value of each filter.
func Of(operation string, filters ...string) List {
	sum := sha256.Sum256([]byte(operation + "\x00" + strings.Join(filters, "\x00")))
	return List(sum[:digestSize])
}

// After is the key behind which the page starts: "" for no token or an empty one, ErrToken for a foreign one.
func (l List) After(token *string) (string, error) {
	if token == nil || *token == "" {
		return "", nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(*token)
	if err != nil || len(raw) <= digestSize || List(raw[:digestSize]) != l {
		return "", ErrToken
	}
	return string(raw[digestSize:]), nil
}

// Token is the token for the page behind key.
func (l List) Token(key string) *string {
	t := base64.RawURLEncoding.EncodeToString(append(l[:], key...))
	return &t
}

// Cut takes rows that were read with a limit of size+1 and returns at most size of them, with the token for
// the rest. The last page has no token.
func Cut[T any](l List, rows []T, size int, key func(T) string) ([]T, *string) {
	if len(rows) <= size {
		return rows, nil
	}
	rows = rows[:size]
	return rows, l.Token(key(rows[size-1]))
}

// Size is how many rows a page has: what the caller asked for, or def.
func Size(asked *int32, def int) int {
	if asked == nil || *asked <= 0 {
		return def
	}
	return int(*asked)
}
