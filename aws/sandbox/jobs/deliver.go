package jobs

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"

	"fleetlab/aws/sandbox/realm"
	"fleetlab/aws/sandbox/store"
)

// maxDocument is the largest job document in bytes (AWS General Reference, Jobs quotas).
const maxDocument = 32768

// prepareDocument checks a job document and puts package attributes in. What a device's copy needs later,
// the role and the package artifacts, is checked here too.
func (e *engine) prepareDocument(tx *store.Tx, document string, ds destinations, presign *types.PresignedUrlConfig) (string, error) {
	if len(document) > maxDocument {
		return "", invalid("The job document has %d bytes; give at most %d.", len(document), maxDocument)
	}
	if !json.Valid([]byte(document)) {
		return "", invalid("The job document is not valid JSON.")
	}
	document, err := expand(document, func(p placeholder) (value, error) {
		if p.kind == packageAttributes {
			return ds.attributes(tx, p)
		}
		return value{keep: true}, nil
	})
	if err != nil {
		return "", err
	}
	return document, e.checkDelivery(tx, document, ds, presign)
}

// checkDelivery refuses a document whose presigned URLs could not be made.
func (e *engine) checkDelivery(tx *store.Tx, document string, ds destinations, presign *types.PresignedUrlConfig) error {
	if err := e.checkRole(tx, presign); err != nil {
		return err
	}
	hasRole := presign != nil && presign.RoleArn != nil
	_, err := expand(document, func(p placeholder) (value, error) {
		if p.kind == packageAttributes { // an attribute whose value looks like a placeholder
			return value{keep: true}, nil
		}
		if _, err := e.locate(tx, p, ds); err != nil {
			return value{}, err
		}
		if hasRole {
			return value{keep: true}, nil
		}
		return value{}, roleRequired(p, ds)
	})
	return err
}

// roleRequired tells which placeholder needs the role. The words are AWS's (AWS IoT developer guide, package
// placeholder errors).
func roleRequired(p placeholder, ds destinations) error {
	const text = "presignedUrlConfig role ARN is required to generate an S3 presigned url in job document"
	if p.kind != packageArtifact {
		return invalid(text + ".")
	}
	d, err := ds.find(p)
	if err != nil {
		return err
	}
	return invalid(text+" for package %s version %s artifact.", d.Package, d.Version)
}

// checkRole refuses a role that does not exist; giving none is fine.
func (e *engine) checkRole(tx *store.Tx, presign *types.PresignedUrlConfig) error {
	if presign == nil || presign.RoleArn == nil {
		return nil
	}
	arn := *presign.RoleArn
	prefix := strings.TrimSuffix(e.realm.RoleARN("/", ""), "/")
	path, ours := strings.CutPrefix(arn, prefix)
	slash := strings.LastIndexByte(path, '/')
	if !ours || slash < 0 {
		return invalid("presignedUrlConfig role %s is not a role of this account; it looks like %s", arn, e.realm.RoleARN("/", "NAME"))
	}
	var one int
	err := tx.Row(`SELECT 1 FROM roles WHERE name=? AND path=?`, []any{path[slash+1:], path[:slash+1]}, &one)
	if errors.Is(err, store.ErrNoRow) {
		return invalid("presignedUrlConfig role %s does not exist; create it and let iot.amazonaws.com assume it.", arn)
	}
	return err
}

// locate is where the object lies whose presigned URL the placeholder stands for.
func (e *engine) locate(tx *store.Tx, p placeholder, ds destinations) (object, error) {
	if p.kind == packageArtifact {
		return ds.artifact(tx, p)
	}
	return parseObjectURL(e.realm, p)
}

// deliver is the job document as a device obtains it, with presigned URLs made now. Unconfirmed: a role that
// was deleted after the job was created is told here, as InvalidRequestException.
func (e *engine) deliver(tx *store.Tx, id string) (string, error) {
	j, err := loadJob(tx, id)
	if err != nil {
		return "", err
	}
	var document string
	if err := tx.Row(`SELECT document FROM jobs WHERE id=?`, []any{id}, &document); err != nil {
		return "", err
	}
	ds, err := parseDestinations(j.packages)
	if err != nil {
		return "", err
	}
	var expires time.Duration // until the first placeholder asks for it
	return expand(document, func(p placeholder) (value, error) {
		if p.kind == packageAttributes {
			return value{keep: true}, nil
		}
		if expires == 0 {
			if expires, err = e.urlLifetime(tx, id); err != nil {
				return value{}, err
			}
		}
		o, err := e.locate(tx, p, ds)
		if err != nil {
			return value{}, err
		}
		u, err := e.presign(o.Bucket, o.Key, o.Version, expires)
		if err != nil {
			return value{}, fmt.Errorf("presign %s/%s for job %s: %w", o.Bucket, o.Key, id, err)
		}
		return value{text: u}, nil
	})
}

// urlLifetime is how long the job's presigned URLs last: an hour unless the job says otherwise (AWS IoT API
// reference, PresignedUrlConfig).
func (e *engine) urlLifetime(tx *store.Tx, id string) (time.Duration, error) {
	q, err := loadRequest(tx, id)
	if err != nil {
		return 0, err
	}
	if err := e.checkRole(tx, q.Presign); err != nil {
		return 0, err
	}
	if q.Presign == nil || q.Presign.ExpiresInSec == nil {
		return time.Hour, nil
	}
	return time.Duration(aws.ToInt64(q.Presign.ExpiresInSec)) * time.Second, nil
}

// awsHost matches S3's host names, with the bucket of the virtual-host style.
var awsHost = regexp.MustCompile(`^(?:(.+)\.)?s3(?:[.-](?:dualstack\.)?[a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?$`)

// parseObjectURL reads the URL of a placeholder: AWS's path style and virtual-host style, and the sandbox's
// own address. A plain URL holds the key as it is and no version; an encoded one may have ?versionId=.
func parseObjectURL(r *realm.Realm, p placeholder) (object, error) {
	wrong := invalid("%s is not the URL of an S3 object; it looks like https://s3.%s.amazonaws.com/BUCKET/KEY", p.url, r.Region)
	text := p.url
	var o object
	if p.kind == encodedObjectURL {
		decoded, err := url.PathUnescape(text)
		if err != nil {
			return o, wrong
		}
		u, err := url.Parse(decoded)
		if err != nil || u.Host == "" {
			return o, wrong
		}
		text = u.Scheme + "://" + u.Host + u.Path
		o.Version = u.Query().Get("versionId")
	}
	scheme, rest, _ := strings.Cut(text, "://")
	host, key, _ := strings.Cut(rest, "/")
	if scheme+"://"+host == r.Endpoint {
		o.Bucket, o.Key, _ = strings.Cut(key, "/")
	} else if m := awsHost.FindStringSubmatch(host); scheme == "https" && m != nil {
		if o.Bucket, o.Key = m[1], key; o.Bucket == "" {
			o.Bucket, o.Key, _ = strings.Cut(key, "/")
		}
	}
	if o.Bucket == "" || o.Key == "" {
		return object{}, wrong
	}
	return o, nil
}
