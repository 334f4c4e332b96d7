package iot

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"time"

	"fleetlab/aws/sandbox/store"
)

// certificateEnd is when the certificates that AWS IoT makes expire (AWS IoT developer guide, device certificates).
var certificateEnd = time.Date(2049, 12, 31, 23, 59, 59, 0, time.UTC)

// deviceSubject is the subject of a certificate whose owner gave none.
var deviceSubject = pkix.Name{CommonName: "AWS IoT Certificate"}

// authoritySetting keeps the certificate and the key of the sandbox's certificate authority, one PEM block behind the
// other. It signs this sandbox's certificates and nothing else.
const authoritySetting = "iot.certificateAuthority"

const (
	pemCertificate = "CERTIFICATE"
	pemRequest     = "CERTIFICATE REQUEST"
	pemPrivate     = "PRIVATE KEY"
	pemRSAPrivate  = "RSA PRIVATE KEY"
	pemPublic      = "PUBLIC KEY"
)

// authority signs certificates.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// needAuthority reads the sandbox's authority and makes it when a certificate is asked for for the first time.
func needAuthority(tx *store.Tx, now time.Time) (*authority, error) {
	kept, err := tx.Setting(authoritySetting)
	if err != nil {
		return nil, err
	}
	if kept != "" {
		return readAuthority([]byte(kept))
	}
	a, text, err := newAuthority(now)
	if err != nil {
		return nil, fmt.Errorf("make the sandbox's certificate authority: %w", err)
	}
	return a, tx.SetSetting(authoritySetting, text)
}

func newAuthority(now time.Time) (*authority, string, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, "", err
	}
	template := &x509.Certificate{
		SerialNumber: serial(), Subject: pkix.Name{CommonName: "fleetlab sandbox certificate authority"},
		NotBefore: now, NotAfter: certificateEnd, KeyUsage: x509.KeyUsageCertSign,
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, "", err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, "", err
	}
	text := pemText(pemCertificate, der) + pemText(pemPrivate, secret)
	a, err := readAuthority([]byte(text))
	return a, text, err
}

var errAuthority = errors.New("the sandbox's certificate authority cannot be read; reset the sandbox to make another one")

func readAuthority(text []byte) (*authority, error) {
	cert, rest := pem.Decode(text)
	secret, _ := pem.Decode(rest)
	if cert == nil || secret == nil {
		return nil, errAuthority
	}
	c, err := x509.ParseCertificate(cert.Bytes)
	if err != nil {
		return nil, errors.Join(errAuthority, err)
	}
	k, err := x509.ParsePKCS8PrivateKey(secret.Bytes)
	key, ok := k.(*ecdsa.PrivateKey)
	if err != nil || !ok {
		return nil, errors.Join(errAuthority, err)
	}
	return &authority{cert: c, key: key}, nil
}

// issue signs a device certificate for a public key and returns its DER form.
func (a *authority) issue(public any, subject pkix.Name, now time.Time) ([]byte, error) {
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: serial(), Subject: subject, NotBefore: now, NotAfter: certificateEnd,
		KeyUsage: x509.KeyUsageDigitalSignature, BasicConstraintsValid: true,
	}, a.cert, public, a.key)
	if err != nil {
		return nil, fmt.Errorf("sign a certificate: %w", err)
	}
	return der, nil
}

// serial is a random number of 159 bits: RFC 5280 allows twenty bytes for a positive number.
func serial() *big.Int {
	var b [20]byte
	_, _ = rand.Read(b[:]) // crypto/rand.Read never fails
	b[0] = b[0]&0x7f | 0x40
	return new(big.Int).SetBytes(b[:])
}

// certificateID is what AWS IoT calls a certificate: the SHA-256 of its DER form, in hex.
func certificateID(der []byte) string {
	sum := sha256.Sum256(der)
	return hex.EncodeToString(sum[:])
}

func pemText(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}
