package iot

import (
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"slices"
	"strings"
	"testing"
	"time"

	"fleetlab/aws/sandbox/store"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

func decodePEM(t testing.TB, kind, text string) []byte {
	t.Helper()
	block, rest := pem.Decode([]byte(text))
	if block == nil || block.Type != kind || len(rest) != 0 {
		t.Fatalf("not one PEM block of %s: %q", kind, text)
	}
	return block.Bytes
}

// The key pair and the certificate are real, and belong together.
func TestKeysAndCertificate(t *testing.T) {
	t.Parallel()
	h, _ := open(t, Hooks{})
	out := ok(t, h.createKeysAndCertificate, &iot.CreateKeysAndCertificateInput{SetAsActive: true})
	der := decodePEM(t, pemCertificate, *out.CertificatePem)
	if sum := sha256.Sum256(der); *out.CertificateId != hex.EncodeToString(sum[:]) || *out.CertificateArn != h.r.ARN("cert/"+*out.CertificateId) {
		t.Errorf("id %s, arn %s", *out.CertificateId, *out.CertificateArn)
	}
	key, err := x509.ParsePKCS1PrivateKey(decodePEM(t, pemRSAPrivate, *out.KeyPair.PrivateKey))
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.ParsePKIXPublicKey(decodePEM(t, pemPublic, *out.KeyPair.PublicKey))
	if err != nil || !key.PublicKey.Equal(public) || key.N.BitLen() != 2048 {
		t.Errorf("public key %T, %v", public, err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil || !key.PublicKey.Equal(cert.PublicKey.(*rsa.PublicKey)) || cert.Subject.CommonName != "AWS IoT Certificate" {
		t.Fatalf("certificate %+v, %v", cert, err)
	}
	var a *authority
	err = h.update(func(tx *store.Tx) (err error) {
		a, err = needAuthority(tx, h.r.Now())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := cert.CheckSignatureFrom(a.cert); err != nil {
		t.Error(err)
	}
	if kept := h.dump(t); strings.Contains(kept, pemRSAPrivate) || !strings.Contains(kept, *out.CertificateId) {
		t.Error("the private key is stored")
	}
	d := ok(t, h.describeCertificate, &iot.DescribeCertificateInput{CertificateId: out.CertificateId}).CertificateDescription
	if d.Status != types.CertificateStatusActive || *d.CertificatePem != *out.CertificatePem || !d.Validity.NotAfter.Equal(certificateEnd) ||
		!d.Validity.NotBefore.Equal(start) || *d.OwnedBy != h.r.Account || !d.CreationDate.Equal(start) {
		t.Errorf("description is %+v", d)
	}
}

// dump is all that is kept of certificates.
func (h *handlers) dump(t *testing.T) string {
	var all []string
	err := h.view(func(tx *store.Tx) (err error) {
		const q = "SELECT value FROM settings UNION ALL SELECT id || pem FROM certificates"
		all, err = names(tx, q)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, "\n")
}

func TestCertificateLife(t *testing.T) {
	t.Parallel()
	h, clk := open(t, Hooks{})
	id := makeCertificate(t, h)
	arn, del := h.certificateARN(id), &iot.DeleteCertificateInput{CertificateId: &id}
	set := func(s types.CertificateStatus) *iot.UpdateCertificateInput {
		return &iot.UpdateCertificateInput{CertificateId: &id, NewStatus: s}
	}
	makeThing(t, h, "V1")
	ok(t, h.createPolicy, &iot.CreatePolicyInput{PolicyName: p("P"), PolicyDocument: p(allowAll)})
	ok(t, h.attachPolicy, &iot.AttachPolicyInput{PolicyName: p("P"), Target: &arn})
	ok(t, h.attachPrincipal, &iot.AttachThingPrincipalInput{ThingName: p("V1"), Principal: &arn})
	refused(t, h.deleteCertificate, del, "CertificateStateException", "Certificate must be deactivated (not ACTIVE) before deletion. Id: "+id)
	clk.Advance(time.Second)
	ok(t, h.updateCertificate, set(types.CertificateStatusInactive))
	d := ok(t, h.describeCertificate, &iot.DescribeCertificateInput{CertificateId: &id}).CertificateDescription
	if d.Status != types.CertificateStatusInactive || !d.LastModifiedDate.Equal(start.Add(time.Second)) {
		t.Errorf("description is %+v", d)
	}
	refused(t, h.updateCertificate, set(types.CertificateStatusPendingTransfer), "InvalidRequestException", "")
	refused(t, h.deleteCertificate, &iot.DeleteCertificateInput{CertificateId: &id, ForceDelete: true},
		"DeleteConflictException", "Things must be detached before deletion (arn: "+arn+")")
	ok(t, h.detachPrincipal, &iot.DetachThingPrincipalInput{ThingName: p("V1"), Principal: &arn})
	refused(t, h.deleteCertificate, del, "DeleteConflictException", "Certificate policies must be detached before deletion (arn: "+arn+")")
	ok(t, h.deleteCertificate, &iot.DeleteCertificateInput{CertificateId: &id, ForceDelete: true})
	if l := ok(t, h.listTargetsForPolicy, &iot.ListTargetsForPolicyInput{PolicyName: p("P")}); len(l.Targets) != 0 {
		t.Errorf("the policy is still attached to %v", l.Targets)
	}
	refused(t, h.deleteCertificate, del, "ResourceNotFoundException", "")
	refused(t, h.updateCertificate, set(types.CertificateStatusActive), "ResourceNotFoundException", "")
	refused(t, h.describeCertificate, &iot.DescribeCertificateInput{CertificateId: &id}, "ResourceNotFoundException", "")
}

func TestListCertificates(t *testing.T) {
	t.Parallel()
	h, clk := open(t, Hooks{})
	var made []string
	for i := range 5 {
		made = append(made, makeCertificate(t, h))
		if i != 2 { // two of them have the same age
			clk.Advance(time.Second)
		}
	}
	slices.Sort(made[2:4])
	for _, ascending := range []bool{true, false} {
		want, in := slices.Clone(made), &iot.ListCertificatesInput{AscendingOrder: ascending, PageSize: p(int32(2))}
		if !ascending {
			slices.Reverse(want)
		}
		var got []string
		for {
			out := ok(t, h.listCertificates, in)
			for _, c := range out.Certificates {
				got = append(got, *c.CertificateId)
			}
			if in.Marker = out.NextMarker; in.Marker == nil {
				break
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("ascending %v: got %v, want %v", ascending, got, want)
		}
	}
	refused(t, h.listCertificates, &iot.ListCertificatesInput{Marker: p("bWFkZQ==")}, "InvalidRequestException", "")
}
