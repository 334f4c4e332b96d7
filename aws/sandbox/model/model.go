// Package model holds the service models of the sandbox: each operation's route, members, limits and
// errors, in the form in which AWS publishes them. It is data and its types; package wire acts on it.
package model

import (
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
)

//go:embed *.json
var files embed.FS

// The protocols that the sandbox's services speak.
const (
	RESTJSON = "rest-json"
	Query    = "query"
)

// Service is one AWS API.
type Service struct {
	Name         string // iot-data
	APIVersion   string // 2015-05-28
	Protocol     string // RESTJSON or Query
	SigningName  string // the service in a signature's credential scope: iotdata
	XMLNamespace string // of Query services
	Operations   map[string]*Operation
	Errors       map[string]*Shape // error shapes by the code that goes over the wire
}

// Operation is one API action.
type Operation struct {
	Name          string
	Method        string // POST
	Path          string // /things/{thingName}
	Input         *Shape // a structure; nil when there is none
	Output        *Shape // a structure; nil when there is none
	ResultWrapper string // the element around a Query service's output
	Errors        []*Shape
}

// Shape is the type of a value and what a value of it must satisfy. A nil limit is no limit.
type Shape struct {
	Name      string
	Type      string // structure, list, map, string, blob, boolean, integer, long, float, double, timestamp
	Members   []Member
	Payload   string // the member that is the body, "" when the body is a document of members
	Min, Max  *float64
	Pattern   string // the whole value must match; Java's syntax
	Enum      []string
	Sensitive bool
	Element   *Shape // of a list
	Key       *Shape // of a map
	Value     *Shape // of a map
	Error     *Error // set for error shapes
}

// Error is how an error shape looks on the wire.
type Error struct {
	Code   string // NoSuchEntity; the shape's name when the model gives no other
	Status int    // the HTTP status
}

// The places of a member other than the body.
const (
	InPath   = "uri"
	InQuery  = "querystring"
	InHeader = "header"
	InStatus = "statusCode"
)

// Member is one field of a structure.
type Member struct {
	Name     string // in the model and in JSON: thingName
	Wire     string // its name at its location: x-amzn-principal
	Location string // "" is the body
	Required bool
	Shape    *Shape
}

// All returns the embedded models by service name. They are shared: change nothing. It panics when a model
// is broken, which a test rules out.
var All = sync.OnceValue(func() map[string]*Service {
	entries, err := files.ReadDir(".")
	if err != nil {
		panic(fmt.Sprintf("read embedded models: %v", err))
	}
	all := map[string]*Service{}
	for _, e := range entries {
		s, err := load(e.Name())
		if err != nil {
			panic(fmt.Sprintf("read model %s: %v", e.Name(), err))
		}
		all[s.Name] = s
	}
	return all
})

func load(name string) (*Service, error) {
	b, err := files.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var f file
	if err := json.Unmarshal(b, &f); err != nil {
		return nil, err
	}
	return f.link()
}

// Member returns the member called name, or nil.
func (s *Shape) Member(name string) *Member {
	if s == nil {
		return nil
	}
	i := slices.IndexFunc(s.Members, func(m Member) bool { return m.Name == name })
	if i < 0 {
		return nil
	}
	return &s.Members[i]
}
