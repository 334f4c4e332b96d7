package contract_test

import (
	"context"
	"crypto/tls"
	"net/http"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

// certificate makes an active certificate that goes when the test ends.
func (l *lab) certificate() *iot.CreateKeysAndCertificateOutput {
	l.Helper()
	out := must(l.iot.CreateKeysAndCertificate(l.ctx, &iot.CreateKeysAndCertificateInput{SetAsActive: true}))(l)
	l.undo(settled, func(ctx context.Context) error {
		if _, err := l.iot.UpdateCertificate(ctx, &iot.UpdateCertificateInput{CertificateId: out.CertificateId, NewStatus: types.CertificateStatusInactive}); err != nil {
			return err
		}
		_, err := l.iot.DeleteCertificate(ctx, &iot.DeleteCertificateInput{CertificateId: out.CertificateId, ForceDelete: true})
		return err
	})
	return out
}

func TestCertificateIsDescribedAsMade(t *testing.T) {
	each(t, func(l *lab) {
		made := l.certificate()
		equal(l, "ARN", aws.ToString(made.CertificateArn), l.arn("cert/"+*made.CertificateId))
		if _, err := tls.X509KeyPair([]byte(*made.CertificatePem), []byte(*made.KeyPair.PrivateKey)); err != nil || len(*made.CertificateId) != 64 {
			l.Errorf("a device cannot use certificate %s: %v", *made.CertificateId, err)
		}
		got := must(l.iot.DescribeCertificate(l.ctx, &iot.DescribeCertificateInput{CertificateId: made.CertificateId}))(l).CertificateDescription
		equal(l, "status", got.Status, types.CertificateStatusActive)
		equal(l, "text", aws.ToString(got.CertificatePem), *made.CertificatePem)
		_, err := l.iot.DeleteCertificate(l.ctx, &iot.DeleteCertificateInput{CertificateId: made.CertificateId})
		l.refused(err, http.StatusNotAcceptable, "CertificateStateException", "Certificate must be deactivated (not ACTIVE) before deletion. Id: "+*made.CertificateId)
	})
}

// What is attached keeps both ends.
func TestPrincipalOfThing(t *testing.T) {
	each(t, func(l *lab) {
		cert := l.certificate()
		l.thing("a")
		attach := &iot.AttachThingPrincipalInput{ThingName: l.own("a"), Principal: cert.CertificateArn}
		l.undo(settled, func(ctx context.Context) error {
			_, err := l.iot.DetachThingPrincipal(ctx, &iot.DetachThingPrincipalInput{ThingName: l.own("a"), Principal: cert.CertificateArn})
			return err
		})
		for range 2 { // attaching again is silent
			must(l.iot.AttachThingPrincipal(l.ctx, attach))(l)
		}
		of := must(l.iot.ListThingPrincipals(l.ctx, &iot.ListThingPrincipalsInput{ThingName: l.own("a")}))(l)
		with := must(l.iot.ListPrincipalThings(l.ctx, &iot.ListPrincipalThingsInput{Principal: cert.CertificateArn}))(l)
		if !slices.Equal(of.Principals, []string{*cert.CertificateArn}) || !slices.Equal(with.Things, []string{*l.own("a")}) {
			l.Errorf("principals are %v, things %v", of.Principals, with.Things)
		}
		_, err := l.iot.DeleteThing(l.ctx, &iot.DeleteThingInput{ThingName: l.own("a")})
		l.refused(err, http.StatusBadRequest, "InvalidRequestException", "is still attached to one or more principals")
		must(l.iot.UpdateCertificate(l.ctx, &iot.UpdateCertificateInput{CertificateId: cert.CertificateId, NewStatus: types.CertificateStatusInactive}))(l)
		_, err = l.iot.DeleteCertificate(l.ctx, &iot.DeleteCertificateInput{CertificateId: cert.CertificateId})
		l.refused(err, http.StatusConflict, "DeleteConflictException", "Things must be detached before deletion")
		must(l.iot.DetachThingPrincipal(l.ctx, &iot.DetachThingPrincipalInput{ThingName: l.own("a"), Principal: cert.CertificateArn}))(l)
		l.wait(settled, func() error { // the thing may not know for some seconds
			_, err := l.iot.DeleteThing(l.ctx, &iot.DeleteThingInput{ThingName: l.own("a")})
			return err
		})
	})
}
