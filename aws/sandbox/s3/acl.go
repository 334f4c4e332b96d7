package s3

import (
	"encoding/xml"
	"net/http"

	"fleetlab/aws/sandbox/store"
)

type accessControl struct {
	XMLName xml.Name `xml:"AccessControlPolicy"`
	Xmlns   string   `xml:"xmlns,attr"`
	Owner   *owner
	Grants  []grant `xml:"AccessControlList>Grant"`
}

type grant struct {
	Grantee    grantee
	Permission string
}

type grantee struct {
	XSI  string `xml:"xmlns:xsi,attr"`
	Type string `xml:"xsi:type,attr"`
	*owner
}

// routeACL answers the access control lists of buckets and objects. With the owner enforced, as it is for all buckets here,
// they say that the owner may do all, and cannot be changed (S3 user guide, disabling ACLs).
func (h *handler) routeACL(q *request) answer {
	switch q.Method {
	case http.MethodGet:
		return h.getACL
	case http.MethodPut:
		return h.putACL
	default:
		return notAllowed
	}
}

func (h *handler) getACL(w http.ResponseWriter, q *request) error {
	if err := h.exists(w, q); err != nil {
		return err
	}
	by := h.owner()
	writeXML(w, http.StatusOK, accessControl{Xmlns: namespace, Owner: by,
		Grants: []grant{{grantee{"http://www.w3.org/2001/XMLSchema-instance", "CanonicalUser", by}, "FULL_CONTROL"}}})
	return nil
}

func (h *handler) putACL(w http.ResponseWriter, q *request) error {
	if err := h.exists(w, q); err != nil {
		return err
	}
	return fail("AccessControlListNotSupported", "The bucket does not allow ACLs")
}

// exists finds the object of a request, or the bucket when it has no key.
func (h *handler) exists(w http.ResponseWriter, q *request) error {
	return h.st.View(func(tx *store.Tx) error {
		if q.key == "" {
			_, err := getBucket(tx, q.bucket)
			return err
		}
		b, o, err := lookUp(tx, q.bucket, q.key, q.version())
		if err == nil {
			setVersion(w, b, o)
		}
		return err
	})
}

// fixed are the sub-resources of a bucket that always are as for a new one: a document, or the code of an error. Tools that
// look at all of a bucket ask for them.
var fixed = map[string]struct{ document, missing string }{
	"accelerate":     {document: `<AccelerateConfiguration xmlns="` + namespace + `"/>`},
	"logging":        {document: `<BucketLoggingStatus xmlns="` + namespace + `"/>`},
	"notification":   {document: `<NotificationConfiguration xmlns="` + namespace + `"/>`},
	"requestPayment": {document: `<RequestPaymentConfiguration xmlns="` + namespace + `"><Payer>BucketOwner</Payer></RequestPaymentConfiguration>`},
	"object-lock":    {missing: "ObjectLockConfigurationNotFoundError"},
	"replication":    {missing: "ReplicationConfigurationNotFoundError"},
}

// getFixed answers a sub-resource that cannot be changed; nil when the query names none.
func (h *handler) getFixed(q *request) answer {
	for name, f := range fixed {
		if q.key != "" || q.Method != http.MethodGet || !q.has(name) {
			continue
		}
		return func(w http.ResponseWriter, q *request) error {
			if err := h.exists(w, q); err != nil {
				return err
			}
			if f.missing != "" {
				return fail(f.missing, "")
			}
			w.Header().Set("Content-Type", "application/xml")
			_, _ = w.Write([]byte(xml.Header + f.document)) // fails only when the caller has gone
			return nil
		}
	}
	return nil
}

// getPolicyStatus answers GetBucketPolicyStatus. Public access is blocked unless somebody turned that off, so that no policy
// makes a bucket public; what a policy says is not looked at.
func (h *handler) getPolicyStatus(w http.ResponseWriter, q *request) error {
	b, err := h.bucket(q.bucket)
	if err != nil {
		return err
	}
	if b.settings["policy"] == "" {
		return fail("NoSuchBucketPolicy", "")
	}
	writeXML(w, http.StatusOK, struct {
		XMLName  xml.Name `xml:"PolicyStatus"`
		Xmlns    string   `xml:"xmlns,attr"`
		IsPublic bool
	}{Xmlns: namespace})
	return nil
}
