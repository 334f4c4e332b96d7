package s3

import (
	"encoding/json"
	"encoding/xml"
	"net/http"
	"net/url"
	"slices"

	"fleetlab/aws/sandbox/store"
)

// subResource is a document kept beside a bucket: it is checked for its form and given back as it was put, or with what
// S3 adds to it.
type subResource struct {
	root    string                                // the XML root element; "" for JSON
	missing string                                // error code when there is none
	preset  string                                // what a new bucket has; "" for nothing
	status  int                                   // of a successful PUT
	keep    func(document []byte) ([]byte, error) // checks a document and returns what is kept of it; nil: all
}

// subResources by their name in the query. New buckets are encrypted by S3, closed to the public and have
// no ACLs (S3 user guide, default settings of new buckets).
var subResources = map[string]*subResource{
	"tagging": {root: "Tagging", missing: "NoSuchTagSet", status: http.StatusNoContent, keep: keepBucketTags},
	"publicAccessBlock": {root: "PublicAccessBlockConfiguration", missing: "NoSuchPublicAccessBlockConfiguration", status: http.StatusOK, keep: keepAccessBlock,
		preset: `<PublicAccessBlockConfiguration xmlns="` + namespace + `"><BlockPublicAcls>true</BlockPublicAcls>` +
			`<IgnorePublicAcls>true</IgnorePublicAcls><BlockPublicPolicy>true</BlockPublicPolicy>` +
			`<RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>`},
	"encryption": {root: "ServerSideEncryptionConfiguration", missing: "ServerSideEncryptionConfigurationNotFoundError", status: http.StatusOK, keep: keepEncryption,
		preset: `<ServerSideEncryptionConfiguration xmlns="` + namespace + `"><Rule><ApplyServerSideEncryptionByDefault>` +
			`<SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault><BucketKeyEnabled>false</BucketKeyEnabled></Rule>` +
			`</ServerSideEncryptionConfiguration>`},
	"ownershipControls": {root: "OwnershipControls", missing: "OwnershipControlsNotFoundError", status: http.StatusOK,
		preset: `<OwnershipControls xmlns="` + namespace + `"><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule></OwnershipControls>`},
	"policy":    {missing: "NoSuchBucketPolicy", status: http.StatusNoContent, keep: keepPolicy},
	"lifecycle": {root: "LifecycleConfiguration", missing: "NoSuchLifecycleConfiguration", status: http.StatusOK},
	"cors":      {root: "CORSConfiguration", missing: "NoSuchCORSConfiguration", status: http.StatusOK},
	"website":   {root: "WebsiteConfiguration", missing: "NoSuchWebsiteConfiguration", status: http.StatusOK},
}

// unsupportedNames are the sub-resources of S3 that the sandbox lacks, or has for reading only (S3 API reference, actions).
var unsupportedNames = []string{"accelerate", "analytics", "attributes", "intelligent-tiering", "inventory", "legal-hold",
	"logging", "metadataConfiguration", "metadataInventoryTable", "metadataJournalTable", "metadataTable", "metrics", "notification",
	"object-lock", "policyStatus", "renameObject", "replication", "requestPayment", "restore", "retention", "select", "session", "torrent"}

func unsupportedIn(query url.Values) bool {
	return slices.ContainsFunc(unsupportedNames, query.Has)
}

// routeSubResource finds the answer for a bucket's sub-resource; nil when the query names none.
func (h *handler) routeSubResource(q *request) answer {
	switch found := h.getFixed(q); {
	case found != nil:
		return found
	case q.has("acl"):
		return h.routeACL(q)
	case q.has("policyStatus") && q.Method == http.MethodGet:
		return h.getPolicyStatus
	case unsupportedIn(q.query):
		return unsupported
	}
	for name, sub := range subResources {
		if q.has(name) {
			return h.answerSubResource(name, sub)
		}
	}
	return nil
}

func (h *handler) answerSubResource(name string, sub *subResource) answer {
	return func(w http.ResponseWriter, q *request) error {
		switch q.Method {
		case http.MethodGet:
			return h.getSubResource(w, q, name, sub)
		case http.MethodPut:
			return h.putSubResource(w, q, name, sub)
		case http.MethodDelete:
			return h.deleteSubResource(w, q, name)
		default:
			return notAllowed(w, q)
		}
	}
}

// none marks a preset document that was deleted.
const none = "-"

func (h *handler) getSubResource(w http.ResponseWriter, q *request, name string, sub *subResource) error {
	b, err := h.bucket(q.bucket)
	if err != nil {
		return err
	}
	document := b.settings[name]
	if document == "" {
		document = sub.preset
	}
	if document == "" || document == none {
		return fail(sub.missing, "")
	}
	kind := "application/xml"
	if sub.root == "" {
		kind = "application/json"
	}
	w.Header().Set("Content-Type", kind)
	_, _ = w.Write([]byte(document)) // fails only when the caller has gone
	return nil
}

func (h *handler) putSubResource(w http.ResponseWriter, q *request, name string, sub *subResource) error {
	document, err := readDocument(q)
	if err != nil {
		return err
	}
	if sub.root != "" {
		var in struct{ XMLName xml.Name }
		if xml.Unmarshal(document, &in) != nil || in.XMLName.Local != sub.root {
			return fail("MalformedXML", "")
		}
	}
	if sub.keep != nil {
		if document, err = sub.keep(document); err != nil {
			return err
		}
	}
	if err := h.changeSetting(q.bucket, name, string(document)); err != nil {
		return err
	}
	w.WriteHeader(sub.status)
	return nil
}

func (h *handler) deleteSubResource(w http.ResponseWriter, q *request, name string) error {
	document := ""
	if name == "publicAccessBlock" || name == "ownershipControls" { // encryption goes back to its preset
		document = none
	}
	if err := h.changeSetting(q.bucket, name, document); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// changeSetting keeps a document; "" removes it.
func (h *handler) changeSetting(bucket, name, document string) error {
	return h.st.Update(func(tx *store.Tx) error {
		b, err := getBucket(tx, bucket)
		if err != nil {
			return err
		}
		b.settings[name] = document
		if document == "" {
			delete(b.settings, name)
		}
		return b.saveSettings(tx)
	})
}

// maxPolicy is the largest bucket policy in bytes (S3 user guide, bucket policies).
const maxPolicy = 20 << 10

func keepPolicy(document []byte) ([]byte, error) {
	var policy struct {
		Statement any
	}
	switch {
	case len(document) > maxPolicy:
		return nil, fail("PolicyTooLarge", "The bucket policy is larger than 20 KiB.")
	case json.Unmarshal(document, &policy) != nil:
		return nil, fail("MalformedPolicy", "Policies must be valid JSON and the first byte must be '{'")
	case policy.Statement == nil:
		return nil, fail("MalformedPolicy", "Missing required field Statement")
	}
	return document, nil
}
