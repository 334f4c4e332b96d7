package wire

import (
	"net/http"
	"net/url"
	"strings"
)

// node is one path segment in a service's tree of routes.
type node struct {
	literal map[string]*node
	label   *node // any segment
	methods map[string]*route
}

// route is where a method and a path lead.
type route struct {
	op     *operation
	labels []string // the names of the path's labels, in order
}

// add enters an operation under its path template, /things/{thingName}/jobs/$next.
func (n *node) add(method, template string, op *operation) {
	rt := &route{op: op}
	for _, seg := range segments(template) {
		if name, ok := strings.CutPrefix(seg, "{"); ok {
			rt.labels = append(rt.labels, strings.TrimSuffix(name, "}"))
			if n.label == nil {
				n.label = &node{}
			}
			n = n.label
			continue
		}
		next := n.literal[seg]
		if next == nil {
			next = &node{}
			if n.literal == nil {
				n.literal = map[string]*node{}
			}
			n.literal[seg] = next
		}
		n = next
	}
	if n.methods == nil {
		n.methods = map[string]*route{}
	}
	n.methods[method] = rt
}

// find returns the route of a request and the values of its labels. A literal segment wins over a label, but
// only where the rest of the path and the method fit too.
func (n *node) find(method string, path, values []string) (*route, []string) {
	if len(path) == 0 {
		return n.methods[method], values
	}
	if next := n.literal[path[0]]; next != nil {
		if rt, v := next.find(method, path[1:], values); rt != nil {
			return rt, v
		}
	}
	if n.label != nil {
		return n.label.find(method, path[1:], append(values, path[0]))
	}
	return nil, nil
}

func segments(path string) []string { return strings.Split(strings.TrimPrefix(path, "/"), "/") }

// decodedSegments splits the path as it was sent and then decodes each part, so that an encoded slash stays
// within its segment.
func decodedSegments(r *http.Request) ([]string, bool) {
	parts := segments(r.URL.EscapedPath())
	for i, p := range parts {
		d, err := url.PathUnescape(p)
		if err != nil {
			return nil, false
		}
		parts[i] = d
	}
	return parts, true
}

// resolve finds the operation that a request is for.
func (svc *service) resolve(r *request) (*operation, error) {
	if svc.family == query {
		return svc.action(r)
	}
	path, ok := decodedSegments(r.http)
	if ok {
		if rt, values := svc.routes.find(r.http.Method, path, nil); rt != nil {
			r.labels, r.values = rt.labels, values
			return rt.op, nil
		}
	}
	return nil, &fault{http.StatusNotFound, "UnknownOperationException", svc.name + " has no operation " +
		r.http.Method + " " + r.http.URL.Path + ". Check the path and the method."}
}

// action finds the operation that a form names.
func (svc *service) action(r *request) (*operation, error) {
	form, err := parseForm(r)
	if err != nil {
		return nil, err
	}
	name, method := form.Get("Action"), r.http.Method
	switch op := svc.operations[name]; {
	case method != http.MethodPost && method != http.MethodGet:
		return nil, &fault{http.StatusMethodNotAllowed, "InvalidAction", svc.name + " takes GET and POST, not " + method + "."}
	case name == "":
		return nil, &fault{http.StatusBadRequest, "MissingAction", "The request must contain the parameter Action."}
	case op == nil:
		return nil, &fault{http.StatusBadRequest, "InvalidAction",
			"Could not find operation " + name + " for version " + svc.version + " in this sandbox."}
	default:
		r.form = form
		return op, nil
	}
}
