package iot

import (
	"crypto/x509"
	"encoding/pem"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

// provisionThing creates the thing, or changes one that exists as the template's OverrideSettings ask.
func (r *registration) provisionThing(id string, res templateResource) (string, error) {
	var p thingProperties
	if err := res.properties(id, r.values, &p); err != nil {
		return "", err
	}
	if err := p.check(id); err != nil {
		return "", err
	}
	if r.thing != "" {
		return "", invalid("The template declares more than one thing; %s is the second", id)
	}
	r.thing = p.ThingName
	if p.BillingGroup != "" {
		return "", failed(notFound("Billing group %s does not exist", p.BillingGroup))
	}
	old, err := findThing(r.tx, p.ThingName)
	if err != nil {
		return "", err
	}
	if old == nil {
		err = failed(r.newThing(&p))
	} else {
		err = r.overrideThing(id, res, old, &p)
	}
	return r.thingARN(p.ThingName), err
}

func (r *registration) newThing(p *thingProperties) error {
	t := &thing{name: p.ThingName, thingType: p.ThingTypeName, id: newID()}
	attrs := apply(nil, payload(p, false))
	if err := checkAttributes(t.name, t.thingType, attrs); err != nil {
		return err
	}
	var err error
	if t.attrs, err = encodeAttributes(attrs); err != nil {
		return err
	}
	if err := r.insertThing(r.tx, t); err != nil {
		return err
	}
	return r.join(p.ThingName, p.ThingGroups)
}

func payload(p *thingProperties, merge bool) *types.AttributePayload {
	return &types.AttributePayload{Attributes: p.AttributePayload, Merge: merge}
}

func (r *registration) join(thing string, groups []string) error {
	for _, name := range groups {
		g, thing, err := r.membership(r.tx, &name, nil, &thing, nil)
		if err != nil {
			return err
		}
		if err := r.addMember(r.tx, g, thing, false); err != nil {
			return err
		}
	}
	return nil
}

func (r *registration) overrideThing(id string, res templateResource, old *thing, p *thingProperties) error {
	how := map[string]string{}
	for property, mergeable := range map[string]bool{"AttributePayload": true, "ThingTypeName": false, "ThingGroups": true} {
		o, err := res.override(id, property, mergeable)
		if err != nil {
			return err
		}
		if o == fail {
			return conflicting("Thing %s exists already, and the template wants that to fail for %s", old.name, property)
		}
		how[property] = o
	}
	if how["AttributePayload"] != doNothing || how["ThingTypeName"] == replace {
		if err := r.changeThing(old, p, how["AttributePayload"], how["ThingTypeName"]); err != nil {
			return failed(err)
		}
	}
	if how["ThingGroups"] == doNothing {
		return nil
	}
	if how["ThingGroups"] == replace {
		if err := r.leave(old.name, p.ThingGroups); err != nil {
			return failed(err)
		}
	}
	return failed(r.join(old.name, p.ThingGroups))
}

// changeThing is the part of an update that the overrides ask for.
func (r *registration) changeThing(old *thing, p *thingProperties, attributes, thingType string) error {
	in := &iot.UpdateThingInput{ThingName: &old.name}
	if attributes != doNothing {
		in.AttributePayload = payload(p, attributes == merge)
		if in.AttributePayload.Attributes == nil {
			in.AttributePayload.Attributes = map[string]string{}
		}
	}
	if thingType == replace {
		in.ThingTypeName, in.RemoveThingType = opt(p.ThingTypeName), p.ThingTypeName == ""
	}
	return changeThing(r.tx, in)
}

// leave takes a thing out of its static groups but for those to keep.
func (r *registration) leave(thing string, keep []string) error {
	const q = `SELECT m.group_name FROM group_members m JOIN thing_groups g ON g.name=m.group_name
		WHERE m.thing_name=? AND g.query IS NULL`
	groups, err := names(r.tx, q, thing)
	if err != nil {
		return err
	}
	for _, name := range groups {
		if slices.Contains(keep, name) {
			continue
		}
		g, err := needGroup(r.tx, name)
		if err != nil {
			return err
		}
		if err := r.removeMember(r.tx, g, thing); err != nil {
			return err
		}
	}
	return nil
}

type certificateProperties struct {
	CertificateSigningRequest, CertificateID, CertificatePem, CACertificatePem string
	Status                                                                     string
	ThingPrincipalType                                                         types.ThingPrincipalType
}

func (p *certificateProperties) check(id string) (types.CertificateStatus, error) {
	ways := 0
	for _, s := range []string{p.CertificateSigningRequest, p.CertificateID, p.CertificatePem} {
		if s != "" {
			ways++
		}
	}
	if ways != 1 {
		return "", invalid("The resource %s needs one of CertificateSigningRequest, CertificateId and CertificatePem", id)
	}
	if t := p.ThingPrincipalType; t != "" && !slices.Contains(t.Values(), t) {
		return "", invalid("The resource %s has the ThingPrincipalType %q; use EXCLUSIVE_THING or NON_EXCLUSIVE_THING", id, t)
	}
	switch status := types.CertificateStatus(strings.ToUpper(p.Status)); status {
	case "":
		return types.CertificateStatusActive, nil
	case types.CertificateStatusActive, types.CertificateStatusInactive:
		return status, nil
	default:
		return "", invalid("The resource %s has the Status %q; use ACTIVE or INACTIVE", id, p.Status)
	}
}

// provisionCertificate issues a certificate for a signing request, or takes one that exists.
func (r *registration) provisionCertificate(id string, res templateResource) (string, error) {
	var p certificateProperties
	if err := res.properties(id, r.values, &p); err != nil {
		return "", err
	}
	status, err := p.check(id)
	if err != nil {
		return "", err
	}
	if r.certificate != "" {
		return "", invalid("The template declares more than one certificate; %s is the second", id)
	}
	how, err := res.override(id, "Status", false)
	if err != nil {
		return "", err
	}
	r.exclusive = p.ThingPrincipalType
	var c *certificate
	if p.CertificateSigningRequest != "" {
		c, err = r.sign(p.CertificateSigningRequest, status)
	} else {
		c, err = r.existing(&p, status, how)
	}
	if err != nil {
		return "", failed(err)
	}
	r.certificate, r.out.CertificatePem = c.id, &c.pem
	return r.certificateARN(c.id), nil
}

func (r *registration) sign(request string, status types.CertificateStatus) (*certificate, error) {
	block, _ := pem.Decode([]byte(request))
	if block == nil || block.Type != pemRequest {
		return nil, invalid("The certificate signing request is not in PEM form")
	}
	csr, err := x509.ParseCertificateRequest(block.Bytes)
	if err == nil {
		err = csr.CheckSignature()
	}
	if err != nil {
		return nil, invalid("The certificate signing request is not valid: %s", err)
	}
	subject := csr.Subject
	if len(subject.Names) == 0 {
		subject = deviceSubject
	}
	return r.issue(r.tx, csr.PublicKey, subject, status)
}

func (r *registration) existing(p *certificateProperties, status types.CertificateStatus, how string) (*certificate, error) {
	id := p.CertificateID
	if p.CertificatePem != "" {
		block, _ := pem.Decode([]byte(p.CertificatePem))
		if block == nil || block.Type != pemCertificate {
			return nil, invalid("The certificate is not in PEM form")
		}
		id = certificateID(block.Bytes)
	}
	c, err := needCertificate(r.tx, id)
	if err != nil {
		return nil, err
	}
	switch how {
	case fail:
		return nil, conflicting("Certificate %s exists already, and the template wants that to fail", id)
	case replace:
		return c, r.setStatus(r.tx, id, status)
	}
	return c, nil
}
