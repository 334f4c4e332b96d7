package jobs

import (
	"net/url"
	"regexp"
	"strings"

	"fleetlab/aws/sandbox/realm"
)

// awsHost matches S3's host names, with the bucket of the virtual-host style.
var awsHost = regexp.MustCompile(`^(?:(.+)\.)?s3(?:[.-](?:dualstack\.)?[a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?$`)

// bucketName matches what can be the name of a bucket (S3 user guide, bucket naming rules).
var bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

// generatedKey is where a device uploads to when its placeholder names a bucket and no key. AWS documents only that the
// key is made of these three.
const generatedKey = "${thingName}/${jobId}/${executionNumber}"

// parseObjectURL reads the URL of a placeholder: AWS's path style and virtual-host style, and the sandbox's
// own address. A plain URL holds the key as it is and no version; an encoded one may have ?versionId=.
func parseObjectURL(r *realm.Realm, p placeholder) (object, error) {
	text, version := p.url, ""
	if p.kind == encodedObjectURL {
		var err error
		if text, version, err = decodeObjectURL(r, p.url); err != nil {
			return object{}, err
		}
	}
	bucket, key := splitObjectURL(r, text)
	if p.kind == uploadURL {
		if strings.Contains(bucket, "${") {
			return object{}, invalid("S3 bucket name in presigned url upload is not allowed to contain any placeholders")
		}
		if key == "" {
			key = generatedKey
		}
	}
	if bucket == "" || key == "" {
		return object{}, badObjectURL(r, p.url)
	}
	return object{Bucket: bucket, Key: key, Version: version}, nil
}

// badObjectURL begins with AWS's words (AWS IoT developer guide, Software Package Catalog troubleshooting).
func badObjectURL(r *realm.Realm, text string) error {
	return invalid("Provided argument for presigned url is invalid: %s is not the URL of an S3 object; it looks like https://s3.%s.amazonaws.com/BUCKET/KEY",
		text, r.Region)
}

// decodeObjectURL turns a percent-encoded URL into a plain one and the version that its query asks for.
func decodeObjectURL(r *realm.Realm, text string) (plain, version string, err error) {
	decoded, err := url.PathUnescape(text)
	if err != nil {
		return "", "", badObjectURL(r, text)
	}
	u, err := url.Parse(decoded)
	if err != nil || u.Host == "" {
		return "", "", badObjectURL(r, text)
	}
	version, given := versionOf(u)
	if given && version == "" {
		return "", "", invalid("VersionId not found when attempting to access s3 url")
	}
	return plainURL(u), version, nil
}

func plainURL(u *url.URL) string { return u.Scheme + "://" + u.Host + u.Path }

func versionOf(u *url.URL) (version string, given bool) {
	q := u.Query()
	return q.Get("versionId"), q.Has("versionId")
}

// splitObjectURL is the bucket and the key of a plain URL; both are empty when it is none of S3.
func splitObjectURL(r *realm.Realm, text string) (bucket, key string) {
	scheme, rest, _ := strings.Cut(text, "://")
	host, path, _ := strings.Cut(rest, "/")
	bucket, ours := ownBucket(r, scheme, host)
	if m := awsHost.FindStringSubmatch(host); !ours && scheme == "https" && m != nil {
		bucket, ours = m[1], true
	}
	switch {
	case !ours:
		return "", ""
	case bucket != "":
		return bucket, path
	}
	bucket, key, _ = strings.Cut(path, "/")
	return bucket, key
}

// ownBucket tells whether a host is the sandbox, by its address or as localhost, and which bucket it names before that.
func ownBucket(r *realm.Realm, scheme, host string) (bucket string, ours bool) {
	if scheme+"://"+host == r.Endpoint {
		return "", true
	}
	local := "localhost" + r.Endpoint[strings.LastIndexByte(r.Endpoint, ':'):]
	if bucket, ours = strings.CutSuffix(host, "."+local); ours {
		return bucket, scheme == "http"
	}
	return "", scheme == "http" && host == local
}
