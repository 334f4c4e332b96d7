// Package iot is the sandbox's IoT registry: things, thing types, thing groups, certificates, IoT policies, tags,
// event and logging settings, and endpoint discovery. It behaves as the AWS IoT developer guide and API reference say; where they are silent,
// the handler's comment says what was assumed.
package iot

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"

	"fleetlab/aws/sandbox/page"
	"fleetlab/aws/sandbox/realm"
	"fleetlab/aws/sandbox/store"
	"fleetlab/aws/sandbox/wire"

	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

// Hooks tell another service area about changes, in the same transaction and after the change. A hook's
// error undoes the change. Any of them may be nil.
type Hooks struct {
	// ThingDeleted: the thing and its group memberships are gone; MemberRemoved is not called for those.
	ThingDeleted func(tx *store.Tx, thing string) error
	// MemberAdded: the thing became a direct member of the group.
	MemberAdded func(tx *store.Tx, group, thing string) error
	// MemberRemoved: the thing left the group, or the group was deleted.
	MemberRemoved func(tx *store.Tx, group, thing string) error
	// DynamicQuery refuses a query that a dynamic group cannot have, or not now.
	DynamicQuery func(tx *store.Tx, query string) error
	// Taggable are the kinds of resources of other areas that can have tags, by what an ARN calls them: job for
	// arn:aws:iot:us-east-1:000000000000:job/rollout-1.
	Taggable map[string]Exists
}

// Exists says whether there is a resource with this id: what follows the kind and the slash in its ARN.
type Exists func(tx *store.Tx, id string) (bool, error)

type handlers struct {
	r     *realm.Realm
	hooks Hooks
}

// Register adds the registry's operations to a server.
func Register(s *wire.Server, r *realm.Realm, hooks Hooks) {
	h := &handlers{r: r, hooks: hooks}
	h.registerThings(s)
	h.registerThingTypes(s)
	h.registerGroups(s)
	h.registerDynamicGroups(s)
	h.registerPrincipals(s)
	h.registerCertificates(s)
	h.registerPolicies(s)
	h.registerTags(s)
	h.registerEvents(s)
	h.registerLogging(s)
	h.registerProvisioning(s)
	wire.Handle(s, service, "DescribeEndpoint", h.describeEndpoint)
}

// service is the registry's name in the service models.
const service = "iot"

// pageSize is how many entries a registry list returns unless asked for another number. AWS documents only
// the maximum of 250; 25 is assumed.
const pageSize = 25

// update runs fn in a transaction that may write.
func (h *handlers) update(fn func(*store.Tx) error) error { return h.r.Store.Update(fn) }

// view runs fn in a transaction that reads.
func (h *handlers) view(fn func(*store.Tx) error) error { return h.r.Store.View(fn) }

func invalid(format string, args ...any) error {
	return &types.InvalidRequestException{Message: text(format, args...)}
}

func notFound(format string, args ...any) error {
	return &types.ResourceNotFoundException{Message: text(format, args...)}
}

func text(format string, args ...any) *string {
	s := fmt.Sprintf(format, args...)
	return &s
}

// after opens a list's token; a foreign one is an InvalidRequestException.
func after(l page.List, token *string) (string, error) {
	key, err := l.After(token)
	if errors.Is(err, page.ErrToken) {
		return "", invalid("%s", err)
	}
	return key, err
}

// newID is a random UUID (RFC 9562, version 4).
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // crypto/rand.Read never fails
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	x := hex.EncodeToString(b[:])
	return x[:8] + "-" + x[8:12] + "-" + x[12:16] + "-" + x[16:20] + "-" + x[20:]
}

// str is "" for nil.
func str(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// opt is nil for "".
func opt(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// prefixEnd is the first string behind all that start with prefix, for names in ASCII.
func prefixEnd(prefix string) string { return prefix + "\x7f" }
