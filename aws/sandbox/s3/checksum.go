package s3

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// defaultChecksum is what S3 computes of a content whose sender names none (S3 user guide, checking object integrity).
const defaultChecksum = "crc64nvme"

// Kinds of an object's checksum: of its content, or of the checksums of its parts.
const (
	fullObject = "FULL_OBJECT"
	composite  = "COMPOSITE"
)

// These stand in an object's headers and are answered only when asked for.
const (
	typeHeader  = "X-Amz-Checksum-Type"
	partsHeader = "X-Fleetlab-Parts" // sizes and checksums of the parts: 5242880:AAAAAA==,3:BBBBBB==
)

// sums are checksums in base64 by algorithm in lower case.
type sums map[string]string

func (s sums) put(header map[string]string, kind string) {
	for name, v := range s {
		header[http.CanonicalHeaderKey(checksumPrefix+name)] = v
	}
	header[typeHeader] = kind
}

// copySums gives an object the checksums of the one it is a copy of.
func copySums(from, to map[string]string) {
	for name, v := range from {
		if strings.HasPrefix(name, checksumPrefix) {
			to[name] = v
		}
	}
}

// answerSums repeats in the answer to a write what is known of its content.
func answerSums(w http.ResponseWriter, header map[string]string) {
	for name, v := range header {
		if strings.HasPrefix(name, checksumPrefix) {
			w.Header().Set(name, v)
		}
	}
}

// checksumXML are the elements of a checksum in an answer.
type checksumXML struct {
	ChecksumCRC32     string `xml:",omitempty"`
	ChecksumCRC32C    string `xml:",omitempty"`
	ChecksumCRC64NVME string `xml:",omitempty"`
	ChecksumSHA1      string `xml:",omitempty"`
	ChecksumSHA256    string `xml:",omitempty"`
	ChecksumType      string `xml:",omitempty"`
}

func newChecksumXML(header map[string]string) checksumXML {
	get := func(name string) string { return header[http.CanonicalHeaderKey(checksumPrefix+name)] }
	return checksumXML{get("crc32"), get("crc32c"), get("crc64nvme"), get("sha1"), get("sha256"), header[typeHeader]}
}

func (x checksumXML) of(algorithm string) string {
	return map[string]string{"crc32": x.ChecksumCRC32, "crc32c": x.ChecksumCRC32C, "crc64nvme": x.ChecksumCRC64NVME,
		"sha1": x.ChecksumSHA1, "sha256": x.ChecksumSHA256}[algorithm]
}

// partsChecksum is the checksum of an object that is put together of parts.
func partsChecksum(algorithm, kind string, parts []part) (sums, error) {
	var total []byte
	h := checksums[algorithm]()
	for i, p := range parts {
		b, err := base64.StdEncoding.DecodeString(p.sums[algorithm])
		if err != nil {
			return nil, err
		}
		switch {
		case kind == composite:
			h.Write(b)
		case i == 0:
			total = b
		default:
			total = combineCRC(algorithm, total, b, p.size)
		}
	}
	if kind == composite {
		return sums{algorithm: base64.StdEncoding.EncodeToString(h.Sum(nil)) + "-" + strconv.Itoa(len(parts))}, nil
	}
	return sums{algorithm: base64.StdEncoding.EncodeToString(total)}, nil
}

// checksumPlan reads from the headers of CreateMultipartUpload which checksum the object will have. Without a type, it is the
// content's for crc64nvme and that of the parts for the others (S3 user guide, checking object integrity).
func checksumPlan(header map[string]string) (algorithm, kind string, err error) {
	algorithm, kind = strings.ToLower(header[algorithmHeader]), header[typeHeader]
	if algorithm == "" {
		if kind != "" {
			return "", "", fail("InvalidRequest", "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.")
		}
		return defaultChecksum, fullObject, nil
	}
	if checksums[algorithm] == nil {
		return "", "", fail("InvalidRequest", "Checksum algorithm provided is unsupported. Please try again with any of the valid types: "+
			"[CRC32, CRC32C, CRC64NVME, SHA1, SHA256]")
	}
	if kind == "" {
		kind = composite
		if algorithm == defaultChecksum {
			kind = fullObject
		}
	}
	crc := crcPolynomials[algorithm] != 0
	if !slices.Contains([]string{fullObject, composite}, kind) || kind == fullObject && !crc || kind == composite && algorithm == defaultChecksum {
		return "", "", failf("InvalidRequest", "The %s checksum type cannot be used with the %s checksum algorithm.", kind, algorithm)
	}
	return algorithm, kind, nil
}

const algorithmHeader = "X-Amz-Checksum-Algorithm"
