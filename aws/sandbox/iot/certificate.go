package iot

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"

	"fleetlab/aws/sandbox/store"
	"fleetlab/aws/sandbox/wire"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

// keyBits is the size of the RSA keys of CreateKeysAndCertificate (IoT API reference).
const keyBits = 2048

func (h *handlers) registerCertificates(s *wire.Server) {
	wire.Handle(s, service, "CreateKeysAndCertificate", h.createKeysAndCertificate,
		"The certificate is signed by an authority of the sandbox's own.")
	wire.Handle(s, service, "DescribeCertificate", h.describeCertificate, "customerVersion is always 1.")
	wire.Handle(s, service, "UpdateCertificate", h.updateCertificate,
		"A revoked certificate can be made active again; whether AWS allows that could not be confirmed.")
	wire.Handle(s, service, "DeleteCertificate", h.deleteCertificate)
	wire.Handle(s, service, "ListCertificates", h.listCertificates)
}

type certificate struct {
	id, pem, generation   string
	status                types.CertificateStatus
	validFrom, validTo    int64
	createdAt, modifiedAt int64
}

// findCertificate reads one certificate; nil when there is none.
func findCertificate(tx *store.Tx, id string) (*certificate, error) {
	c := certificate{id: id}
	const q = "SELECT status, generation, valid_from, valid_to, created_at, modified_at, pem FROM certificates WHERE id=?"
	err := tx.Row(q, []any{id}, &c.status, &c.generation, &c.validFrom, &c.validTo, &c.createdAt, &c.modifiedAt, &c.pem)
	if errors.Is(err, store.ErrNoRow) {
		return nil, nil
	}
	return &c, err
}

// needCertificate reads one certificate that must exist. AWS's text is not known.
func needCertificate(tx *store.Tx, id string) (*certificate, error) {
	c, err := findCertificate(tx, id)
	if c == nil && err == nil {
		err = notFound("Certificate %s does not exist", id)
	}
	return c, err
}

func (h *handlers) certificateARN(id string) string { return h.r.ARN("cert/" + id) }

// createKeysAndCertificate makes the keys before the transaction, since that takes a good part of a second. The private
// key is in the answer and nowhere else.
func (h *handlers) createKeysAndCertificate(_ context.Context, in *iot.CreateKeysAndCertificateInput) (*iot.CreateKeysAndCertificateOutput, error) {
	key, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return nil, fmt.Errorf("make a key pair: %w", err)
	}
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		return nil, fmt.Errorf("write a public key: %w", err)
	}
	status := types.CertificateStatusInactive
	if in.SetAsActive {
		status = types.CertificateStatusActive
	}
	var c *certificate
	err = h.update(func(tx *store.Tx) (err error) {
		c, err = h.issue(tx, &key.PublicKey, deviceSubject, status)
		return err
	})
	if err != nil {
		return nil, err
	}
	arn := h.certificateARN(c.id)
	return &iot.CreateKeysAndCertificateOutput{
		CertificateArn: &arn, CertificateId: &c.id, CertificatePem: &c.pem,
		KeyPair: &types.KeyPair{
			PublicKey:  text("%s", pemText(pemPublic, public)),
			PrivateKey: text("%s", pemText(pemRSAPrivate, x509.MarshalPKCS1PrivateKey(key))),
		},
	}, nil
}

// issue signs a certificate and stores it.
func (h *handlers) issue(tx *store.Tx, public any, subject pkix.Name, status types.CertificateStatus) (*certificate, error) {
	now := h.r.Now()
	a, err := needAuthority(tx, now)
	if err != nil {
		return nil, err
	}
	der, err := a.issue(public, subject, now)
	if err != nil {
		return nil, err
	}
	c := &certificate{
		id: certificateID(der), pem: pemText(pemCertificate, der), generation: newID(), status: status,
		validFrom: store.Millis(now), validTo: store.Millis(certificateEnd), createdAt: store.Millis(now), modifiedAt: store.Millis(now),
	}
	const q = "INSERT INTO certificates(id,status,generation,valid_from,valid_to,created_at,modified_at,pem) VALUES(?,?,?,?,?,?,?,?)"
	_, err = tx.Exec(q, c.id, string(c.status), c.generation, c.validFrom, c.validTo, c.createdAt, c.modifiedAt, c.pem)
	return c, err
}

func (h *handlers) describeCertificate(_ context.Context, in *iot.DescribeCertificateInput) (*iot.DescribeCertificateOutput, error) {
	var c *certificate
	err := h.view(func(tx *store.Tx) (err error) {
		c, err = needCertificate(tx, *in.CertificateId)
		return err
	})
	if err != nil {
		return nil, err
	}
	arn, version := h.certificateARN(c.id), int32(1)
	created, modified := store.Time(c.createdAt), store.Time(c.modifiedAt)
	from, to := store.Time(c.validFrom), store.Time(c.validTo)
	return &iot.DescribeCertificateOutput{CertificateDescription: &types.CertificateDescription{
		CertificateArn: &arn, CertificateId: &c.id, CertificatePem: &c.pem, Status: c.status,
		CertificateMode: types.CertificateModeDefault, OwnedBy: &h.r.Account, CustomerVersion: &version,
		GenerationId: &c.generation, CreationDate: &created, LastModifiedDate: &modified,
		TransferData: &types.TransferData{}, Validity: &types.CertificateValidity{NotBefore: &from, NotAfter: &to},
	}}, nil
}

// settable are the states that a caller may give a certificate; the others are AWS's own (IoT API reference,
// UpdateCertificate).
var settable = map[types.CertificateStatus]bool{
	types.CertificateStatusActive: true, types.CertificateStatusInactive: true, types.CertificateStatusRevoked: true,
}

func (h *handlers) updateCertificate(_ context.Context, in *iot.UpdateCertificateInput) (*iot.UpdateCertificateOutput, error) {
	if !settable[in.NewStatus] {
		return nil, invalid("Certificate status %s cannot be set; use ACTIVE, INACTIVE or REVOKED", in.NewStatus)
	}
	return &iot.UpdateCertificateOutput{}, h.update(func(tx *store.Tx) error {
		return h.setStatus(tx, *in.CertificateId, in.NewStatus)
	})
}

func (h *handlers) setStatus(tx *store.Tx, id string, status types.CertificateStatus) error {
	n, err := tx.Exec("UPDATE certificates SET status=?, modified_at=? WHERE id=?", string(status), store.Millis(h.r.Now()), id)
	if err == nil && n == 0 {
		_, err = needCertificate(tx, id)
	}
	return err
}

// deleteCertificate needs a certificate that is not active and that no thing and no policy is attached to; forceDelete
// detaches the policies.
func (h *handlers) deleteCertificate(_ context.Context, in *iot.DeleteCertificateInput) (*iot.DeleteCertificateOutput, error) {
	return &iot.DeleteCertificateOutput{}, h.update(func(tx *store.Tx) error {
		c, err := needCertificate(tx, *in.CertificateId)
		if err != nil {
			return err
		}
		if c.status == types.CertificateStatusActive {
			return &types.CertificateStateException{
				Message: text("Certificate must be deactivated (not ACTIVE) before deletion. Id: %s", c.id),
			}
		}
		if err := h.unattached(tx, c.id, in.ForceDelete); err != nil {
			return err
		}
		for _, q := range []string{
			"DELETE FROM iot_policy_targets WHERE kind='" + targetCertificate + "' AND name=?",
			"DELETE FROM certificates WHERE id=?",
		} {
			if _, err := tx.Exec(q, c.id); err != nil {
				return err
			}
		}
		return nil
	})
}

// unattached refuses the deletion of a certificate in use.
func (h *handlers) unattached(tx *store.Tx, id string, force bool) error {
	arn := h.certificateARN(id)
	used, err := has(tx, "SELECT EXISTS(SELECT 1 FROM thing_principals WHERE principal=?)", arn)
	if err != nil {
		return err
	}
	if used {
		return &types.DeleteConflictException{Message: text("Things must be detached before deletion (arn: %s)", arn)}
	}
	if force {
		return nil
	}
	used, err = has(tx, "SELECT EXISTS(SELECT 1 FROM iot_policy_targets WHERE kind=? AND name=?)", targetCertificate, id)
	if err == nil && used {
		err = &types.DeleteConflictException{Message: text("Certificate policies must be detached before deletion (arn: %s)", arn)}
	}
	return err
}

// listCertificates lists certificates by age, the newest first unless asked otherwise.
func (h *handlers) listCertificates(_ context.Context, in *iot.ListCertificatesInput) (*iot.ListCertificatesOutput, error) {
	l, err := newByAge("ListCertificates", in.AscendingOrder, in.Marker, in.PageSize)
	if err != nil {
		return nil, err
	}
	out := &iot.ListCertificatesOutput{Certificates: []types.Certificate{}}
	err = h.view(func(tx *store.Tx) error {
		return tx.Each(l.query("id, status, created_at", "certificates", "id"), l.args(), func(scan func(...any) error) error {
			var id string
			var created int64
			c := types.Certificate{CertificateMode: types.CertificateModeDefault}
			if err := scan(&id, &c.Status, &created); err != nil {
				return err
			}
			arn, at := h.certificateARN(id), store.Time(created)
			c.CertificateId, c.CertificateArn, c.CreationDate = &id, &arn, &at
			out.Certificates = append(out.Certificates, c)
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	out.Certificates, out.NextMarker = cutByAge(l, out.Certificates, func(c types.Certificate) (int64, string) {
		return store.Millis(*c.CreationDate), *c.CertificateId
	})
	return out, nil
}
