package iot

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"fleetlab/aws/sandbox/page"
	"fleetlab/aws/sandbox/store"
	"fleetlab/aws/sandbox/wire"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

func (h *handlers) registerPrincipals(s *wire.Server) {
	wire.Handle(s, service, "AttachThingPrincipal", h.attachPrincipal,
		"An Amazon Cognito identity is taken for one that exists when it has the form of one.",
		"Attaching again with another thingPrincipalType changes it; what AWS does could not be confirmed.")
	wire.Handle(s, service, "DetachThingPrincipal", h.detachPrincipal)
	wire.Handle(s, service, "ListThingPrincipals", h.listThingPrincipals)
	wire.Handle(s, service, "ListPrincipalThings", h.listPrincipalThings, "An unknown principal has an empty list.")
}

// cognitoIdentity is the form of an Amazon Cognito identity: the Region and a UUID.
var cognitoIdentity = regexp.MustCompile(`^[a-z0-9-]{1,55}:[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// needPrincipal refuses a principal that is neither a certificate of this account nor a Cognito identity.
func (h *handlers) needPrincipal(tx *store.Tx, principal string) error {
	if id, ok := strings.CutPrefix(principal, h.certificateARN("")); ok {
		_, err := needCertificate(tx, id)
		return err
	}
	if cognitoIdentity.MatchString(principal) {
		return nil
	}
	return invalid("Principal %s is neither the ARN of a certificate in this account and Region, which would start with %s, nor an Amazon Cognito identity",
		principal, h.certificateARN(""))
}

// attachPrincipal is silent when the principal is attached already.
func (h *handlers) attachPrincipal(_ context.Context, in *iot.AttachThingPrincipalInput) (*iot.AttachThingPrincipalOutput, error) {
	return &iot.AttachThingPrincipalOutput{}, h.update(func(tx *store.Tx) error {
		if err := thingExists(tx, *in.ThingName); err != nil {
			return err
		}
		if err := h.needPrincipal(tx, *in.Principal); err != nil {
			return err
		}
		return attachPrincipal(tx, *in.ThingName, *in.Principal, in.ThingPrincipalType)
	})
}

// attachPrincipal attaches a principal that exists to a thing that does. Without a kind, one that is attached stays as it
// is.
func attachPrincipal(tx *store.Tx, thing, principal string, kind types.ThingPrincipalType) error {
	query := "INSERT INTO thing_principals(thing_name,principal,kind) VALUES(?,?,?) ON CONFLICT DO UPDATE SET kind=excluded.kind"
	if kind == "" {
		kind = types.ThingPrincipalTypeNonExclusiveThing
		query = "INSERT INTO thing_principals(thing_name,principal,kind) VALUES(?,?,?) ON CONFLICT DO NOTHING"
	}
	if err := checkExclusive(tx, thing, principal, kind); err != nil {
		return err
	}
	_, err := tx.Exec(query, thing, principal, string(kind))
	return err
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

// detachPrincipal takes effect at once but for the thing's deletion, which AWS goes on refusing for some seconds (AWS IoT
// API reference, DetachThingPrincipal).
func (h *handlers) detachPrincipal(_ context.Context, in *iot.DetachThingPrincipalInput) (*iot.DetachThingPrincipalOutput, error) {
	return &iot.DetachThingPrincipalOutput{}, h.update(func(tx *store.Tx) error {
		if err := thingExists(tx, *in.ThingName); err != nil {
			return err
		}
		const q = "DELETE FROM thing_principals WHERE thing_name=? AND principal=?"
		n, err := tx.Exec(q, *in.ThingName, *in.Principal)
		if err != nil {
			return err
		}
		if n == 0 {
			return notFound("Principal %s is not attached to thing %s", *in.Principal, *in.ThingName)
		}
		if h.r.Lag.Detach <= 0 {
			return nil
		}
		const late = "INSERT INTO thing_detachments(thing_name,free_at) VALUES(?,?) ON CONFLICT DO UPDATE SET free_at=excluded.free_at"
		_, err = tx.Exec(late, *in.ThingName, store.Millis(h.r.Now().Add(h.r.Lag.Detach)))
		return err
	})
}

// attached answers whether a thing counts as attached to a principal.
func (h *handlers) attached(tx *store.Tx, thing string) (bool, error) {
	const q = `SELECT EXISTS(SELECT 1 FROM thing_principals WHERE thing_name=?1)
		OR EXISTS(SELECT 1 FROM thing_detachments WHERE thing_name=?1 AND free_at>?2)`
	return has(tx, q, thing, store.Millis(h.r.Now()))
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
