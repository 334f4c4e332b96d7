package s3

import (
	"encoding/xml"
	"net/http"

	"fleetlab/aws/sandbox/store"
)

// namespace is that of all S3 answers.
const namespace = "http://s3.amazonaws.com/doc/2006-03-01/"

// headBucket answers HeadBucket.
func (h *handler) headBucket(w http.ResponseWriter, q *request) error {
	b, err := h.bucket(q.bucket)
	if err != nil {
		return err
	}
	w.Header().Set("x-amz-bucket-region", b.region)
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(http.StatusOK)
	return nil
}

func (h *handler) bucket(name string) (b *bucket, err error) {
	err = h.st.View(func(tx *store.Tx) error { b, err = getBucket(tx, name); return err })
	return b, err
}

// createBucket answers CreateBucket. us-east-1 wants no location, every other Region its own (S3 API reference, CreateBucket).
func (h *handler) createBucket(w http.ResponseWriter, q *request) error {
	if err := checkBucketName(q.bucket); err != nil {
		return err
	}
	body, err := readDocument(q)
	if err != nil {
		return err
	}
	var in struct {
		XMLName  xml.Name `xml:"CreateBucketConfiguration"`
		Location string   `xml:"LocationConstraint"`
	}
	if len(body) > 0 && xml.Unmarshal(body, &in) != nil {
		return fail("MalformedXML", "")
	}
	if err := checkLocation(in.Location, h.realm.Region); err != nil {
		return err
	}
	err = h.st.Update(func(tx *store.Tx) error {
		return createBucket(tx, q.bucket, h.realm.Region, store.Millis(h.realm.Now()))
	})
	if err == nil {
		w.Header().Set("Location", "/"+q.bucket)
		w.WriteHeader(http.StatusOK)
	}
	return err
}

// deleteBucket answers DeleteBucket.
func (h *handler) deleteBucket(w http.ResponseWriter, q *request) error {
	err := h.st.Update(func(tx *store.Tx) error { return deleteBucket(tx, q.bucket) })
	if err == nil {
		w.WriteHeader(http.StatusNoContent)
	}
	return err
}

func checkLocation(location, region string) error {
	switch {
	case location == "" && region != "us-east-1":
		return fail("IllegalLocationConstraintException", "")
	case location == "us-east-1", location != "" && !regionPattern.MatchString(location):
		return fail("InvalidLocationConstraint", "")
	case location != "" && location != region:
		return failf("IllegalLocationConstraintException",
			"The %s location constraint is incompatible for the region specific endpoint this request was sent to.", location)
	}
	return nil
}

// getLocation answers GetBucketLocation, which says nothing for us-east-1.
func (h *handler) getLocation(w http.ResponseWriter, q *request) error {
	b, err := h.bucket(q.bucket)
	if err != nil {
		return err
	}
	out := struct {
		XMLName xml.Name `xml:"LocationConstraint"`
		Xmlns   string   `xml:"xmlns,attr"`
		Region  string   `xml:",chardata"`
	}{Xmlns: namespace, Region: b.region}
	if b.region == "us-east-1" {
		out.Region = ""
	}
	writeXML(w, http.StatusOK, out)
	return nil
}

type versioning struct {
	XMLName xml.Name `xml:"VersioningConfiguration"`
	Xmlns   string   `xml:"xmlns,attr,omitempty"`
	Status  string   `xml:"Status,omitempty"`
}

// getVersioning answers GetBucketVersioning.
func (h *handler) getVersioning(w http.ResponseWriter, q *request) error {
	b, err := h.bucket(q.bucket)
	if err != nil {
		return err
	}
	writeXML(w, http.StatusOK, versioning{Xmlns: namespace, Status: b.versioning})
	return nil
}

// putVersioning answers PutBucketVersioning. A bucket that was versioned never becomes unversioned again.
func (h *handler) putVersioning(w http.ResponseWriter, q *request) error {
	var in versioning
	if err := readXML(q, &in); err != nil {
		return err
	}
	if in.Status != "Enabled" && in.Status != "Suspended" {
		return fail("MalformedXML", "")
	}
	err := h.st.Update(func(tx *store.Tx) error {
		if _, err := getBucket(tx, q.bucket); err != nil {
			return err
		}
		_, err := tx.Exec("UPDATE buckets SET versioning=? WHERE name=?", in.Status, q.bucket)
		return err
	})
	if err == nil {
		w.WriteHeader(http.StatusOK)
	}
	return err
}
