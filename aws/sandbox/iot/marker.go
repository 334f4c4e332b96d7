package iot

import (
	"math"
	"strconv"
	"strings"

	"fleetlab/aws/sandbox/page"
)

// The lists of certificates and policies continue from a marker, in which the model allows the standard alphabet of
// base64 only; page tokens are in the other one.
var (
	toMarker   = strings.NewReplacer("-", "+", "_", "/")
	fromMarker = strings.NewReplacer("+", "-", "/", "_")
)

func marker(token *string) *string {
	if token == nil {
		return nil
	}
	return text("%s", toMarker.Replace(*token))
}

// afterMarker opens a marker; a foreign one is an InvalidRequestException.
func afterMarker(l page.List, marker *string) (string, error) {
	return after(l, text("%s", fromMarker.Replace(str(marker))))
}

// byAge is one page of a list in the order of creation.
type byAge struct {
	list      page.List
	ascending bool
	size      int
	created   int64 // of the last entry of the page before, with its name
	name      string
}

func newByAge(operation string, ascending bool, marker *string, size *int32) (*byAge, error) {
	l := &byAge{list: page.Of(operation, strconv.FormatBool(ascending)), ascending: ascending, size: page.Size(size, pageSize)}
	from, err := afterMarker(l.list, marker)
	if err != nil {
		return nil, err
	}
	created, name, _ := strings.Cut(from, " ")
	l.name = name
	if l.created, err = strconv.ParseInt(created, 10, 64); err != nil && !ascending {
		l.created = math.MaxInt64 // the first page starts at the newest
	}
	return l, nil
}

// query reads one entry more than the page has. The arguments are constants of this package.
func (l *byAge) query(columns, table, key string) string {
	if l.ascending {
		return "SELECT " + columns + " FROM " + table + " WHERE (created_at," + key + ")>(?,?) ORDER BY created_at, " + key + " LIMIT ?"
	}
	return "SELECT " + columns + " FROM " + table + " WHERE (created_at," + key + ")<(?,?) ORDER BY created_at DESC, " + key + " DESC LIMIT ?"
}

func (l *byAge) args() []any { return []any{l.created, l.name, l.size + 1} }

func cutByAge[T any](l *byAge, rows []T, key func(T) (int64, string)) ([]T, *string) {
	rows, next := page.Cut(l.list, rows, l.size, func(row T) string {
		created, name := key(row)
		return strconv.FormatInt(created, 10) + " " + name
	})
	return rows, marker(next)
}
