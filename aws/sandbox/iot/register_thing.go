package iot

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"regexp"
	"slices"

	"fleetlab/aws/sandbox/store"
	"fleetlab/aws/sandbox/wire"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
	"github.com/aws/smithy-go"
)

func (h *handlers) registerProvisioning(s *wire.Server) {
	wire.Handle(s, service, "RegisterThing", h.registerThing,
		"Of the template functions only Ref and Fn::Join are known.",
		"Without OverrideSettings what exists is left as it is; AWS documents no default.",
		"CertificatePem must be of a certificate that the sandbox issued: it has no registered certificate authorities.",
		"PackageVersions are refused.")
}

// The kinds of resources of a template.
const (
	kindThing       = "AWS::IoT::Thing"
	kindCertificate = "AWS::IoT::Certificate"
	kindPolicy      = "AWS::IoT::Policy"
)

// thingProperties and the types below are the Properties of a template's resources.
type thingProperties struct {
	ThingName, ThingTypeName, BillingGroup string
	AttributePayload                       map[string]string
	ThingGroups                            []string
}

type policyProperties struct {
	PolicyName     string
	PolicyDocument any // an object, or its JSON text
}

// registration is one call of RegisterThing under way.
type registration struct {
	*handlers
	tx     *store.Tx
	values map[string]string
	out    *iot.RegisterThingOutput

	thing, certificate string // names, once they are there
	policies           []string
	exclusive          types.ThingPrincipalType
}

// registerThing makes what a template declares and attaches the policies and the thing to the certificate, all or
// nothing. A template that cannot be read is an InvalidRequestException, one that cannot be carried out a
// ResourceRegistrationFailureException.
func (h *handlers) registerThing(_ context.Context, in *iot.RegisterThingInput) (*iot.RegisterThingOutput, error) {
	t, values, err := parseTemplate(*in.TemplateBody, in.Parameters)
	if err != nil {
		return nil, err
	}
	out := &iot.RegisterThingOutput{ResourceArns: map[string]string{}}
	return out, h.update(func(tx *store.Tx) error {
		r := &registration{handlers: h, tx: tx, values: values, out: out}
		for _, kind := range []string{kindThing, kindCertificate, kindPolicy} {
			for _, id := range slices.Sorted(maps.Keys(t.Resources)) {
				if t.Resources[id].Type != kind {
					continue
				}
				if err := r.provision(id, t.Resources[id]); err != nil {
					return err
				}
			}
		}
		if len(out.ResourceArns) != len(t.Resources) {
			return invalid("The template has resources of an unknown Type; use %s, %s or %s", kindThing, kindCertificate, kindPolicy)
		}
		return failed(r.connect())
	})
}

func (r *registration) provision(id string, res templateResource) error {
	var arn string
	var err error
	switch res.Type {
	case kindThing:
		arn, err = r.provisionThing(id, res)
	case kindCertificate:
		arn, err = r.provisionCertificate(id, res)
	default:
		arn, err = r.provisionPolicy(id, res)
	}
	r.out.ResourceArns[id] = arn
	return err
}

// connect attaches the policies and the thing to the certificate.
func (r *registration) connect() error {
	if r.certificate == "" {
		return nil
	}
	for _, p := range r.policies {
		if err := r.attach(r.tx, p, policyTarget{targetCertificate, r.certificate}); err != nil {
			return err
		}
	}
	if r.thing == "" {
		return nil
	}
	return attachPrincipal(r.tx, r.thing, r.certificateARN(r.certificate), r.exclusive)
}

// failed turns what an operation of the registry answers into the failure of a registration.
func failed(err error) error {
	var conflict *types.ConflictingResourceUpdateException
	var api smithy.APIError
	if err == nil || errors.As(err, &conflict) || !errors.As(err, &api) {
		return err
	}
	return &types.ResourceRegistrationFailureException{Message: text("%s", api.ErrorMessage())}
}

func conflicting(format string, args ...any) error {
	return &types.ConflictingResourceUpdateException{Message: text(format, args...)}
}

// The patterns of the service model, which a template does not pass through.
var (
	registryName   = regexp.MustCompile(`^[a-zA-Z0-9:_-]{1,128}$`)
	attributeName  = regexp.MustCompile(`^[a-zA-Z0-9_.,@/:#-]{1,128}$`)
	attributeValue = regexp.MustCompile(`^[a-zA-Z0-9_.,@/:#=\[\]-]{0,800}$`)
)

func (p *thingProperties) check(id string) error {
	if !registryName.MatchString(p.ThingName) {
		return invalid("The resource %s needs a ThingName of 1 to 128 letters, digits, colons, underscores and hyphens; it has %q", id, p.ThingName)
	}
	for k, v := range p.AttributePayload {
		if !attributeName.MatchString(k) || !attributeValue.MatchString(v) {
			return invalid("The attribute %q of the resource %s, with the value %q, has characters that an attribute cannot have or is too long", k, id, v)
		}
	}
	return nil
}

func (r *registration) provisionPolicy(id string, res templateResource) (string, error) {
	var p policyProperties
	if err := res.properties(id, r.values, &p); err != nil {
		return "", err
	}
	if (p.PolicyName == "") == (p.PolicyDocument == nil) {
		return "", invalid("The resource %s needs either a PolicyName or a PolicyDocument", id)
	}
	if p.PolicyDocument == nil {
		_, err := needPolicy(r.tx, p.PolicyName)
		r.policies = append(r.policies, p.PolicyName)
		return r.policyARN(p.PolicyName), failed(err)
	}
	document, ok := p.PolicyDocument.(string)
	if !ok {
		b, err := json.Marshal(p.PolicyDocument)
		if err != nil {
			return "", err
		}
		document = string(b)
	}
	if err := checkPolicy(document); err != nil {
		return "", failed(err)
	}
	name := certificateID([]byte(document)) // without a name it is called by the hash of its document
	r.policies = append(r.policies, name)
	_, err := r.insertPolicy(r.tx, name, document)
	return r.policyARN(name), err
}
