package trace

import (
	"encoding/json"
	"regexp"
	"strings"
)

// redacted stands for a secret.
const redacted = "REDACTED"

// secretNames are names of members and of keys, in lower case and without _ and -, whose values are secrets.
var secretNames = map[string]bool{"privatekey": true, "secretaccesskey": true, "sessiontoken": true, "securitytoken": true,
	"accesskeyid": true, "authorization": true, "password": true, "awssecretaccesskey": true, "awssessiontoken": true,
	"awsaccesskeyid": true, "xamzsecuritytoken": true, "xamzsignature": true, "xamzcredential": true}

var fold = strings.NewReplacer("_", "", "-", "")

// secretName reports that what is called name is a secret.
func secretName(name string) bool { return secretNames[strings.ToLower(fold.Replace(name))] }

// secrets are the shapes of secrets within longer texts: what stands before them is kept.
var secrets = []*regexp.Regexp{
	regexp.MustCompile(`(-----BEGIN [A-Z ]*PRIVATE KEY-----)(?s:.*?)(?:-----END [A-Z ]*PRIVATE KEY-----|$)`),
	regexp.MustCompile(`(?i)(\bauthorization(?:\\*["'])?\s*[:=]\s*(?:\\*["'])?)[^"'\\\r\n]+`),
	// The parameters that make a presigned URL work, and the same of an Authorization header (AWS Signature Version 4 and 2).
	regexp.MustCompile(`(?i)((?:x-amz-signature|x-amz-security-token|x-amz-credential|awsaccesskeyid|signature|credential)(?:=|%3D))[^&"'\\\s<>,;]+`),
	// name: value, "name": "value", name=value, also escaped in a JSON text.
	regexp.MustCompile(`(?i)((?:private|secret[_-]?access|access)[_-]?key(?:[_-]?id)?(?:\\*["'])?\s*[:=]\s*\\*["']?)[^"'\\\s,;&}]+`),
	regexp.MustCompile(`(?i)((?:session|security)[_-]?token(?:\\*["'])?\s*[:=]\s*\\*["']?)[^"'\\\s,;&}]+`),
	regexp.MustCompile(`(?i)(\bpassword(?:\\*["'])?\s*[:=]\s*\\*["']?)[^"'\\\s,;&}]+`),
	regexp.MustCompile(`()\b(?:AKIA|ASIA)[A-Z0-9]{16}\b`), // an access key's id (IAM user guide, unique identifiers)
}

// hints are in every text that a pattern of secrets fits, in lower case; most texts have none and are done with quickly.
var hints = []string{"private", "authorization", "signature", "credential", "token", "key", "password", "akia", "asia"}

// redact blanks the secrets in a text.
func redact(s string) string {
	if !suspicious(s) {
		return s
	}
	for _, r := range secrets {
		s = r.ReplaceAllString(s, "${1}"+redacted)
	}
	return s
}

func suspicious(s string) bool {
	low := strings.ToLower(s)
	for _, h := range hints {
		if strings.Contains(low, h) {
			return true
		}
	}
	return false
}

// clean turns a request or an answer into JSON with its model's names and without secrets. Bodies of files are left out.
func clean(v any, service string) json.RawMessage {
	b, err := json.Marshal(plain(v, service))
	if err != nil {
		return json.RawMessage(`{}`)
	}
	return b
}
