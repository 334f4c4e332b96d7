package model

import (
	"fmt"
	"maps"
	"slices"
)

// file is a model as it is written.
type file struct {
	Service      string
	APIVersion   string
	Protocol     string
	SigningName  string
	XMLNamespace string
	Operations   map[string]operationDef
	Shapes       map[string]shapeDef
}

type operationDef struct {
	HTTP struct {
		Method     string
		RequestURI string
	}
	Input, Output ref
	Errors        []string
}

// ref points to a shape from a place of use.
type ref struct {
	Shape         string
	ResultWrapper string
	Location      string
	LocationName  string
}

type shapeDef struct {
	Type               string
	Required           []string
	Members            map[string]ref
	Payload            string
	Min, Max           *float64
	Pattern            string
	Enum               []string
	Sensitive          bool
	Member, Key, Value ref
	Error              *struct {
		Code           string
		HTTPStatusCode int
	}
}

// link turns names of shapes into pointers.
func (f *file) link() (*Service, error) {
	l := linker{defs: f.Shapes, done: map[string]*Shape{}}
	s := &Service{
		Name: f.Service, APIVersion: f.APIVersion, Protocol: f.Protocol, SigningName: f.SigningName,
		XMLNamespace: f.XMLNamespace, Operations: map[string]*Operation{}, Errors: map[string]*Shape{},
	}
	for name, def := range f.Operations {
		op, err := l.operation(name, def)
		if err != nil {
			return nil, fmt.Errorf("operation %s: %w", name, err)
		}
		s.Operations[name] = op
	}
	for name, def := range f.Shapes {
		if def.Error == nil {
			continue
		}
		shape, err := l.shape(name)
		if err != nil {
			return nil, err
		}
		s.Errors[shape.Error.Code] = shape
	}
	return s, nil
}

type linker struct {
	defs map[string]shapeDef
	done map[string]*Shape
}

func (l *linker) operation(name string, def operationDef) (*Operation, error) {
	op := &Operation{Name: name, Method: def.HTTP.Method, Path: def.HTTP.RequestURI, ResultWrapper: def.Output.ResultWrapper}
	var err error
	if op.Input, err = l.optional(def.Input.Shape); err != nil {
		return nil, err
	}
	if op.Output, err = l.optional(def.Output.Shape); err != nil {
		return nil, err
	}
	for _, e := range def.Errors {
		shape, err := l.shape(e)
		if err != nil {
			return nil, err
		}
		op.Errors = append(op.Errors, shape)
	}
	return op, nil
}

func (l *linker) optional(name string) (*Shape, error) {
	if name == "" {
		return nil, nil
	}
	return l.shape(name)
}

func (l *linker) shape(name string) (*Shape, error) {
	if s := l.done[name]; s != nil {
		return s, nil
	}
	def, ok := l.defs[name]
	if !ok {
		return nil, fmt.Errorf("shape %s is used and not defined", name)
	}
	s := &Shape{
		Name: name, Type: def.Type, Payload: def.Payload, Min: def.Min, Max: def.Max,
		Pattern: def.Pattern, Enum: def.Enum, Sensitive: def.Sensitive,
	}
	l.done[name] = s
	if def.Error != nil {
		s.Error = &Error{Code: def.Error.Code, Status: def.Error.HTTPStatusCode}
		if s.Error.Code == "" {
			s.Error.Code = name
		}
	}
	return s, l.fill(s, def)
}

func (l *linker) fill(s *Shape, def shapeDef) (err error) {
	if s.Element, err = l.optional(def.Member.Shape); err != nil {
		return err
	}
	if s.Key, err = l.optional(def.Key.Shape); err != nil {
		return err
	}
	if s.Value, err = l.optional(def.Value.Shape); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(def.Members)) {
		m := def.Members[name]
		shape, err := l.shape(m.Shape)
		if err != nil {
			return fmt.Errorf("member %s of %s: %w", name, s.Name, err)
		}
		wire := m.LocationName
		if wire == "" {
			wire = name
		}
		s.Members = append(s.Members, Member{
			Name: name, Wire: wire, Location: m.Location,
			Required: slices.Contains(def.Required, name), Shape: shape,
		})
	}
	return nil
}
