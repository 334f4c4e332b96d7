package s3

import (
	"net/netip"
	"regexp"
	"strings"
	"unicode/utf8"
)

var (
	bucketPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
	regionPattern = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-[0-9]$|^EU$`)
)

// Prefixes and suffixes that S3 keeps for itself (S3 user guide, bucket naming rules).
var (
	reservedPrefixes = []string{"xn--", "sthree-", "amzn-s3-demo-"}
	reservedSuffixes = []string{"-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"}
)

// checkBucketName holds a new bucket's name to the naming rules of general purpose buckets.
func checkBucketName(name string) error {
	bad := !bucketPattern.MatchString(name) || strings.Contains(name, "..")
	if _, err := netip.ParseAddr(name); err == nil {
		bad = true
	}
	for _, p := range reservedPrefixes {
		bad = bad || strings.HasPrefix(name, p)
	}
	for _, s := range reservedSuffixes {
		bad = bad || strings.HasSuffix(name, s)
	}
	if bad {
		return fail("InvalidBucketName", "")
	}
	return nil
}

// maxKey is the longest object key in bytes (S3 user guide, object key names).
const maxKey = 1024

func checkKey(key string) error {
	switch {
	case len(key) > maxKey:
		return fail("KeyTooLongError", "")
	case key == "":
		return fail("InvalidArgument", "The key must not be empty.")
	case !utf8.ValidString(key):
		return fail("InvalidURI", "The key is not valid UTF-8. Encode it as UTF-8 and percent-encode it.")
	}
	return nil
}
