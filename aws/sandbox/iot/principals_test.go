package iot

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"slices"
	"testing"

	"fleetlab/aws/sandbox/store"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

// makeCertificate issues an active certificate for a key that takes less time to make than one of 2048 bits of RSA.
func makeCertificate(t testing.TB, h *handlers) (id string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	err = h.update(func(tx *store.Tx) error {
		c, err := h.issue(tx, &key.PublicKey, deviceSubject, types.CertificateStatusActive)
		id = c.id
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestPrincipals(t *testing.T) {
	t.Parallel()
	h, _ := open(t, Hooks{})
	makeThing(t, h, "V1")
	makeThing(t, h, "V2")
	certs := []string{h.certificateARN(makeCertificate(t, h)), h.certificateARN(makeCertificate(t, h))}
	slices.Sort(certs)
	a, b, cognito := &certs[0], &certs[1], p("us-east-1:01234567-89ab-cdef-0123-456789abcdef")
	attach := func(thing string, principal *string, kind types.ThingPrincipalType) *iot.AttachThingPrincipalInput {
		return &iot.AttachThingPrincipalInput{ThingName: &thing, Principal: principal, ThingPrincipalType: kind}
	}
	exclusive := types.ThingPrincipalTypeExclusiveThing
	for range 2 {
		ok(t, h.attachPrincipal, attach("V1", a, ""))
	}
	ok(t, h.attachPrincipal, attach("V2", a, ""))
	ok(t, h.attachPrincipal, attach("V1", cognito, ""))
	ok(t, h.attachPrincipal, attach("V1", b, exclusive))
	ok(t, h.attachPrincipal, attach("V1", b, "")) // stays exclusive
	refused(t, h.attachPrincipal, attach("V2", b, ""), "InvalidRequestException", "")
	refused(t, h.attachPrincipal, attach("V1", a, exclusive), "InvalidRequestException", "") // V2 has it, too
	ok(t, h.attachPrincipal, attach("V1", b, types.ThingPrincipalTypeNonExclusiveThing))
	ok(t, h.attachPrincipal, attach("V2", b, ""))
	for bad, code := range map[string]string{
		"cert": "InvalidRequestException", "us-east-1:nobody": "InvalidRequestException", h.certificateARN("none"): "ResourceNotFoundException",
		"arn:aws:iot:us-east-1:111111111111:cert/none": "InvalidRequestException",
	} {
		refused(t, h.attachPrincipal, attach("V2", &bad, ""), code, "")
	}
	refused(t, h.attachPrincipal, attach("V9", a, ""), "ResourceNotFoundException", "")
	if got := ok(t, h.listThingPrincipals, &iot.ListThingPrincipalsInput{ThingName: p("V1")}).Principals; !slices.Equal(got, []string{*a, *b, *cognito}) {
		t.Errorf("V1 has %v", got)
	}
	if got := ok(t, h.listPrincipalThings, &iot.ListPrincipalThingsInput{Principal: a}).Things; !slices.Equal(got, []string{"V1", "V2"}) {
		t.Errorf("a is attached to %v", got)
	}
	refused(t, h.detachPrincipal, &iot.DetachThingPrincipalInput{ThingName: p("V2"), Principal: cognito}, "ResourceNotFoundException", "")
}
