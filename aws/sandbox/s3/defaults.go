package s3

import (
	"encoding/xml"
	"slices"
)

// accessBlock is a PublicAccessBlockConfiguration. S3 gives back all of its members, those left out as false.
type accessBlock struct {
	XMLName               xml.Name `xml:"PublicAccessBlockConfiguration"`
	Xmlns                 string   `xml:"xmlns,attr,omitempty"`
	BlockPublicAcls       bool
	IgnorePublicAcls      bool
	BlockPublicPolicy     bool
	RestrictPublicBuckets bool
}

func keepAccessBlock(document []byte) ([]byte, error) {
	var in accessBlock
	if xml.Unmarshal(document, &in) != nil {
		return nil, fail("MalformedXML", "")
	}
	return xml.Marshal(accessBlock{Xmlns: namespace, BlockPublicAcls: in.BlockPublicAcls, IgnorePublicAcls: in.IgnorePublicAcls,
		BlockPublicPolicy: in.BlockPublicPolicy, RestrictPublicBuckets: in.RestrictPublicBuckets})
}

// encryption is a ServerSideEncryptionConfiguration.
type encryption struct {
	XMLName xml.Name         `xml:"ServerSideEncryptionConfiguration"`
	Xmlns   string           `xml:"xmlns,attr,omitempty"`
	Rules   []encryptionRule `xml:"Rule"`
}

type encryptionRule struct {
	Default struct {
		Algorithm string `xml:"SSEAlgorithm"`
		KeyID     string `xml:"KMSMasterKeyID,omitempty"`
	} `xml:"ApplyServerSideEncryptionByDefault"`
	BucketKeyEnabled bool
}

var sseAlgorithms = []string{"AES256", "aws:kms", "aws:kms:dsse"}

func keepEncryption(document []byte) ([]byte, error) {
	var in encryption
	if xml.Unmarshal(document, &in) != nil || len(in.Rules) != 1 || !slices.Contains(sseAlgorithms, in.Rules[0].Default.Algorithm) {
		return nil, fail("MalformedXML", "")
	}
	return xml.Marshal(encryption{Xmlns: namespace, Rules: in.Rules})
}
