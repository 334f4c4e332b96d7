package iot

import (
	"context"
	"errors"
	"strings"

	"fleetlab/aws/sandbox/page"
	"fleetlab/aws/sandbox/store"
	"fleetlab/aws/sandbox/wire"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

func (h *handlers) registerPrincipals(s *wire.Server) {
	wire.Handle(s, service, "AttachThingPrincipal", h.attachPrincipal)
	wire.Handle(s, service, "DetachThingPrincipal", h.detachPrincipal)
	wire.Handle(s, service, "ListThingPrincipals", h.listThingPrincipals)
	wire.Handle(s, service, "ListPrincipalThings", h.listPrincipalThings)
}

// attachPrincipal is silent when the principal is attached already. The sandbox has no certificates yet, so
// any well-formed ARN is taken for a principal that exists. Detaching works at once here; on AWS it takes
// some seconds.
func (h *handlers) attachPrincipal(_ context.Context, in *iot.AttachThingPrincipalInput) (*iot.AttachThingPrincipalOutput, error) {
	if !isARN(*in.Principal) {
		return nil, invalid("Principal %s is not an ARN; a certificate's is like %s", *in.Principal, h.r.ARN("cert/<64 hexadecimal digits>"))
	}
	kind := in.ThingPrincipalType
	if kind == "" {
		kind = types.ThingPrincipalTypeNonExclusiveThing
	}
	return &iot.AttachThingPrincipalOutput{}, h.update(func(tx *store.Tx) error {
		if err := thingExists(tx, *in.ThingName); err != nil {
			return err
		}
		if err := checkExclusive(tx, *in.ThingName, *in.Principal, kind); err != nil {
			return err
		}
		const q = "INSERT INTO thing_principals(thing_name,principal,kind) VALUES(?,?,?) ON CONFLICT DO NOTHING"
		_, err := tx.Exec(q, *in.ThingName, *in.Principal, string(kind))
		return err
	})
}

// checkExclusive keeps an exclusive principal to one thing (AWS IoT API reference, AttachThingPrincipal).
func checkExclusive(tx *store.Tx, thing, principal string, kind types.ThingPrincipalType) error {
	var other, otherKind string
	const q = "SELECT thing_name, kind FROM thing_principals WHERE principal=? AND thing_name<>? LIMIT 1"
	err := tx.Row(q, []any{principal, thing}, &other, &otherKind)
	if errors.Is(err, store.ErrNoRow) {
		return nil
	}
	if err != nil {
		return err
	}
	exclusive := string(types.ThingPrincipalTypeExclusiveThing)
	if otherKind == exclusive || string(kind) == exclusive {
		return invalid("Principal %s is attached to thing %s and cannot be shared with an exclusive attachment. Detach it there first", principal, other)
	}
	return nil
}

// isARN answers whether s has the six parts of an ARN.
func isARN(s string) bool {
	parts := strings.SplitN(s, ":", 6)
	return len(parts) == 6 && parts[0] == "arn" && parts[1] != "" && parts[2] != "" && parts[5] != ""
}

func (h *handlers) detachPrincipal(_ context.Context, in *iot.DetachThingPrincipalInput) (*iot.DetachThingPrincipalOutput, error) {
	return &iot.DetachThingPrincipalOutput{}, h.update(func(tx *store.Tx) error {
		if err := thingExists(tx, *in.ThingName); err != nil {
			return err
		}
		const q = "DELETE FROM thing_principals WHERE thing_name=? AND principal=?"
		n, err := tx.Exec(q, *in.ThingName, *in.Principal)
		if err == nil && n == 0 {
			err = notFound("Principal %s is not attached to thing %s", *in.Principal, *in.ThingName)
		}
		return err
	})
}

func (h *handlers) listThingPrincipals(_ context.Context, in *iot.ListThingPrincipalsInput) (*iot.ListThingPrincipalsOutput, error) {
	list := page.Of("ListThingPrincipals", *in.ThingName)
	from, err := after(list, in.NextToken)
	if err != nil {
		return nil, err
	}
	size := page.Size(in.MaxResults, pageSize)
	out := &iot.ListThingPrincipalsOutput{}
	err = h.view(func(tx *store.Tx) (err error) {
		if err := thingExists(tx, *in.ThingName); err != nil {
			return err
		}
		const q = "SELECT principal FROM thing_principals WHERE thing_name=? AND principal>? ORDER BY principal LIMIT ?"
		out.Principals, err = names(tx, q, *in.ThingName, from, size+1)
		return err
	})
	out.Principals, out.NextToken = page.Cut(list, out.Principals, size, self)
	return out, err
}

// listPrincipalThings answers an empty list for a principal that is attached to nothing, known or not.
func (h *handlers) listPrincipalThings(_ context.Context, in *iot.ListPrincipalThingsInput) (*iot.ListPrincipalThingsOutput, error) {
	list := page.Of("ListPrincipalThings", *in.Principal)
	from, err := after(list, in.NextToken)
	if err != nil {
		return nil, err
	}
	size := page.Size(in.MaxResults, pageSize)
	out := &iot.ListPrincipalThingsOutput{}
	err = h.view(func(tx *store.Tx) (err error) {
		const q = "SELECT thing_name FROM thing_principals WHERE principal=? AND thing_name>? ORDER BY thing_name LIMIT ?"
		out.Things, err = names(tx, q, *in.Principal, from, size+1)
		return err
	})
	out.Things, out.NextToken = page.Cut(list, out.Things, size, self)
	return out, err
}
