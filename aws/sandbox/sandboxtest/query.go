package sandboxtest

import (
	"encoding/xml"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"fleetlab/aws/sandbox/model"
)

// element is a piece of an XML document.
type element struct {
	XMLName  xml.Name
	Text     string    `xml:",chardata"`
	Children []element `xml:",any"`
}

// child returns the first child called name, or nil.
func (e *element) child(name string) *element {
	if e == nil {
		return nil
	}
	i := slices.IndexFunc(e.Children, func(c element) bool { return c.XMLName.Local == name })
	if i < 0 {
		return nil
	}
	return &e.Children[i]
}

func (e *element) content() string {
	if e == nil {
		return ""
	}
	return e.Text
}

// query checks an answer of a query service.
func (d *deviations) query(status int, body []byte) {
	var root element
	if err := xml.Unmarshal(body, &root); err != nil {
		d.add("the body is not XML: %v", err)
		return
	}
	if root.XMLName.Space != d.service.XMLNamespace {
		d.add("the namespace is %q", root.XMLName.Space)
	}
	if status >= http.StatusBadRequest {
		e := root.child("Error")
		d.code(e.child("Code").content(), status)
		if root.XMLName.Local != "ErrorResponse" || e.child("Message").content() == "" || root.child("RequestId").content() == "" {
			d.add("the error's form is wrong")
		}
		return
	}
	if root.XMLName.Local != d.op.Name+"Response" || root.child("ResponseMetadata").child("RequestId").content() == "" {
		d.add("the answer's form is wrong")
	}
	if d.op.Output == nil {
		return
	}
	result := root.child(d.op.ResultWrapper)
	if result == nil {
		d.add("%s is missing, without which SDKs read nothing", d.op.ResultWrapper)
		return
	}
	d.xmlStructure(d.op.Output, result)
}

func (d *deviations) xmlStructure(shape *model.Shape, e *element) {
	for i := range shape.Members {
		m := &shape.Members[i]
		if c := e.child(m.Wire); c != nil {
			d.at(m.Wire, func() { d.xmlValue(m.Shape, c) })
		} else if m.Required {
			d.add("%s is missing", m.Wire)
		}
	}
	for _, c := range e.Children {
		if !slices.ContainsFunc(shape.Members, func(m model.Member) bool { return m.Wire == c.XMLName.Local }) {
			d.add("%s has no member %s", shape.Name, c.XMLName.Local)
		}
	}
}

func (d *deviations) xmlValue(shape *model.Shape, e *element) {
	switch shape.Type {
	case "structure":
		d.xmlStructure(shape, e)
	case "list":
		d.size(shape, len(e.Children))
		for i := range e.Children {
			if e.Children[i].XMLName.Local != "member" {
				d.add("a list has the element %s", e.Children[i].XMLName.Local)
			}
			d.at(strconv.Itoa(i), func() { d.xmlValue(shape.Element, &e.Children[i]) })
		}
	case "string":
		d.text(shape, e.Text)
	case "boolean":
		if e.Text != "true" && e.Text != "false" {
			d.add("%q is neither true nor false", e.Text)
		}
	case "timestamp":
		if _, err := time.Parse(time.RFC3339, strings.TrimSpace(e.Text)); err != nil {
			d.add("%v", err)
		}
	default:
		if _, err := strconv.ParseFloat(e.Text, 64); err != nil {
			d.add("%q is no number", e.Text)
		}
		d.number(shape, e.Text)
	}
}
