package wire

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

const formType = "application/x-www-form-urlencoded"

// parseForm reads the parameters of a query service: the URL's and the body's.
func parseForm(r *request) (url.Values, error) {
	malformed := func(why string) error {
		return &fault{http.StatusBadRequest, "MalformedQueryString", "The query string " + why + "."}
	}
	form, err := url.ParseQuery(r.http.URL.RawQuery)
	if err != nil {
		return nil, malformed("contains a syntax error")
	}
	body, err := url.ParseQuery(string(r.body))
	if err != nil {
		return nil, malformed("contains a syntax error")
	}
	for name, values := range body {
		form[name] = values
	}
	for name, values := range form {
		if !utf8.ValidString(name) || !utf8.ValidString(values[0]) {
			return nil, malformed("is not valid UTF-8")
		}
	}
	return form, nil
}

// maxList bounds the index of a list element in a form.
const maxList = 1000

// formTree turns Tags.member.2.Key=x into nested maps and lists, the tree that JSON bodies become.
func formTree(form url.Values) map[string]any {
	root := map[string]any{}
	for name, values := range form {
		put(root, strings.Split(name, "."), values[0])
	}
	for name, v := range root {
		root[name] = lists(v)
	}
	return root
}

// put enters a value at its path. When two parameters contradict each other (a and a.b), the map wins and the
// type check reports it.
func put(m map[string]any, path []string, value string) {
	if len(path) == 1 || len(path) > maxDepth {
		if m[path[0]] == nil {
			m[path[0]] = value
		}
		return
	}
	next, ok := m[path[0]].(map[string]any)
	if !ok {
		next = map[string]any{}
		m[path[0]] = next
	}
	put(next, path[1:], value)
}

// lists turns each {"member": {"1": x, "2": y}} into the list of x and y. The numbers only say the order.
func lists(v any) any {
	m, ok := v.(map[string]any)
	if !ok {
		return v
	}
	for name, e := range m {
		m[name] = lists(e)
	}
	members, ok := m["member"].(map[string]any)
	if !ok || len(m) != 1 {
		return m
	}
	var order []int
	for name := range members {
		n, err := strconv.Atoi(name)
		if err != nil || n < 1 || n > maxList || strconv.Itoa(n) != name {
			return m
		}
		order = append(order, n)
	}
	slices.Sort(order)
	list := make([]any, len(order))
	for i, n := range order {
		list[i] = members[strconv.Itoa(n)]
	}
	return list
}
