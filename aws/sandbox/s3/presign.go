package s3

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/smithy-go/encoding/httpbinding"

	"fleetlab/aws/sandbox/realm"
)

// presignedName is what the SDKs call the operation of a presigned URL.
var presignedName = map[string]string{http.MethodGet: "GetObject", http.MethodPut: "PutObject"}

// Presigner returns a function that makes SigV4 presigned URLs to GET or PUT objects of the realm, in path style.
// An empty version means the newest. expires is on the sandbox's clock, in whole seconds; the URL is dated
// by the wall clock, as the URLs of SDKs are.
func Presigner(r *realm.Realm) func(method, bucket, key, version string, expires time.Duration) (string, error) {
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true }) // S3 signs the path as it is sent
	keys := aws.Credentials{AccessKeyID: r.AccessKey, SecretAccessKey: r.SecretKey}
	return func(method, bucket, key, version string, expires time.Duration) (string, error) {
		u, err := url.Parse(r.Endpoint)
		if err != nil {
			return "", fmt.Errorf("presign %s/%s: %w", bucket, key, err)
		}
		u.Path = "/" + bucket + "/" + key
		u.RawPath = httpbinding.EscapePath(u.Path, false)
		query := url.Values{"X-Amz-Expires": {strconv.FormatInt(int64(expires/time.Second), 10)}, "x-id": {presignedName[method]}}
		if version != "" {
			query.Set("versionId", version)
		}
		u.RawQuery = query.Encode()
		ctx := context.Background()
		req, err := http.NewRequestWithContext(ctx, method, u.String(), http.NoBody)
		if err != nil {
			return "", fmt.Errorf("presign %s/%s: %w", bucket, key, err)
		}
		signed, _, err := signer.PresignHTTP(ctx, keys, req, "UNSIGNED-PAYLOAD", "s3", r.Region, time.Now())
		if err != nil {
			return "", fmt.Errorf("presign %s/%s: %w", bucket, key, err)
		}
		return signed, nil
	}
}
