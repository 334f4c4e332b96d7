package wire

import (
	"cmp"
	"maps"
	"net/http"
	"slices"

	"fleetlab/aws/sandbox/model"
)

// Offered is a modelled operation as the sandbox has it.
type Offered struct {
	Service     string // the model's name: iot-data
	Name        string
	Supported   bool // a handler is registered
	TPS         float64
	Shared      string // what the rate is counted under together with other operations; "" when on its own
	Differences []Difference
}

// Operations lists all operations of the service models, by service and name, with what their handlers said of them. A TPS
// of 0 means that AWS publishes no rate.
func (s *Server) Operations() []Offered {
	var all []Offered
	for _, svc := range s.byName {
		for _, op := range svc.operations {
			o := Offered{Service: svc.name, Name: op.Name, Supported: op.run != nil, Differences: op.differs}
			o.TPS, o.Shared, _ = DefaultQuota(svc.name, op.Name)
			all = append(all, o)
		}
	}
	slices.SortFunc(all, func(a, b Offered) int { return cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(a.Name, b.Name)) })
	return all
}

// Rate is a default request rate and how a call beyond it is answered.
type Rate struct {
	Service    string   `json:"service"`    // iot, or s3
	Operations []string `json:"operations"` // that draw from it together; of S3 "read" and "write"
	TPS        float64  `json:"tps"`        // calls a second, with as many saved up as come in one second
	Code       string   `json:"code"`       // of the throttling answer: ThrottlingException
	Status     int      `json:"status"`     // its HTTP status
}

// Rates lists the rates that the sandbox holds callers to when quotas are on, by service and then by first operation.
func Rates() []Rate {
	shared := map[[2]string]*Rate{}
	for service, operations := range defaults {
		for _, name := range slices.Sorted(maps.Keys(operations)) {
			q := operations[name]
			key := [2]string{service, cmp.Or(q.shared, name)}
			if shared[key] == nil {
				r := &Rate{Service: service, TPS: q.tps}
				r.Code, r.Status = throttling(service)
				shared[key] = r
			}
			shared[key].Operations = append(shared[key].Operations, name)
		}
	}
	all := make([]Rate, 0, len(shared))
	for _, r := range shared {
		all = append(all, *r)
	}
	slices.SortFunc(all, func(a, b Rate) int {
		return cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(a.Operations[0], b.Operations[0]))
	})
	return all
}

// throttling is the answer of a service to a call beyond its rate.
func throttling(service string) (code string, status int) {
	svc := unknownS3
	if m := model.All()[service]; m != nil {
		svc = newService(m)
	}
	f := svc.throttled()
	return f.code, f.status
}

// throttled answers a call beyond the quota, each service in its own words.
func (svc *service) throttled() *fault {
	f := &fault{http.StatusBadRequest, "ThrottlingException", "Rate exceeded"}
	switch {
	case svc.family == s3XML:
		return &fault{http.StatusServiceUnavailable, "SlowDown", "Please reduce your request rate."}
	case svc.family == query:
		f.code = "Throttling"
	case svc.errors[f.code] != nil:
		f.status = svc.errors[f.code].Error.Status // 429 in the data services
	}
	return f
}
