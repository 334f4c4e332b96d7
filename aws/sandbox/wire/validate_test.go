package wire

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"pgregory.net/rapid"

	"fleetlab/aws/sandbox/model"
)

// post sends a signed request and returns the status and the body.
func post(t testing.TB, s *Server, service, method, target, body string, header ...string) (int, string) {
	t.Helper()
	r := httptest.NewRequest(method, "http://127.0.0.1"+target, strings.NewReader(body))
	r.RequestURI = target
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	sum := sha256.Sum256([]byte(body))
	c := r.Clone(t.Context())
	if err := v4.NewSigner().SignHTTP(t.Context(), s.keys, c, hex.EncodeToString(sum[:]), service, "us-east-1", s.now()); err != nil {
		t.Fatal(err)
	}
	r.Header = c.Header
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

func TestValidation(t *testing.T) {
	t.Parallel()
	s := newNoopServer(t, time.Now)
	long := strings.Repeat("x", 129)
	const one, two = "1 validation error detected: ", "2 validation errors detected: "
	const failed = " failed to satisfy constraint: Member must "
	cases := []struct{ service, method, target, body, want string }{
		{"iot", "POST", "/things/a", "", ""},
		{"iot", "POST", "/things/a", "{}", ""},
		{"iot", "POST", "/things/a", `{"unknown":1,"thingTypeName":null}`, ""},
		{"iot", "POST", "/things/a%20b", "", one + "Value 'a b' at 'thingName'" + failed + "satisfy regular expression pattern: [a-zA-Z0-9:_-]+"},
		{"iot", "POST", "/things/", "", two + "Value '' at 'thingName'" + failed + "have length greater than or equal to 1; Value '' at 'thingName'"},
		{"iot", "POST", "/things/" + long, "", one + "Value '" + long + "' at 'thingName'" + failed + "have length less than or equal to 128"},
		{"iot", "POST", "/things/%C3%BC", `{"thingTypeName":" "}`, two},
		{"iot", "POST", "/things/a", `{"attributePayload":{"attributes":{"k":"a b"}}}`, one + "Value 'a b' at 'attributePayload.attributes.k'" + failed},
		{"iot", "POST", "/thing-types/a", `{"tags":[{"Key":"k"},{"Value":"v"}]}`, one + "Value null at 'tags.2.member.Key'" + failed + "not be null"},
		{"iot", "POST", "/thing-types/a", `{"tags":[null]}`, one + "Value null at 'tags.1'"},
		{"iot", "GET", "/things?maxResults=0", "", one + "Value '0' at 'maxResults'" + failed + "have value greater than or equal to 1"},
		{"iot", "GET", "/things?maxResults=251", "", one + "Value '251' at 'maxResults'" + failed + "have value less than or equal to 250"},
		{"iot", "GET", "/things?maxResults=", "", ""},
		{"iot", "GET", "/things?maxResults=ten", "", "'maxResults' must be a whole number of 32 bits, not the string \\\"ten\\\""},
		{"iot", "GET", "/things?usePrefixAttributeValue=yes", "", "'usePrefixAttributeValue' must be true or false"},
		{"iot", "PUT", "/jobs/j", `{"targets":["t"],"targetSelection":"SOME"}`, one + "Value 'SOME' at 'targetSelection'" + failed + "satisfy enum value set: [CONTINUOUS, SNAPSHOT]"},
		{"iot", "PUT", "/jobs/j", `{"targets":[]}`, one + "Value 'list of 0' at 'targets'" + failed + "have length greater than or equal to 1"},
		{"iot", "PUT", "/jobs/j", `{}`, one + "Value null at 'targets'" + failed + "not be null"},
		{"iot", "PUT", "/jobs/j", `{"targets":"t"}`, "'targets' must be a list, not the string"},
		{"iot", "PUT", "/jobs/j", `{"targets":["t"],"timeoutConfig":{"inProgressTimeoutInMinutes":1.5}}`, "'timeoutConfig.inProgressTimeoutInMinutes' must be a whole number of 64 bits, not the number 1.5"},
		{"iot", "PUT", "/jobs/j", `{"targets":["t"],"timeoutConfig":{"inProgressTimeoutInMinutes":2e0}}`, ""},
		{"iot", "PUT", "/jobs/j", `{"targets":["t"],"timeoutConfig":[]}`, "'timeoutConfig' must be an object, not a list"},
		{"iot", "PUT", "/packages/p/versions/1", `{"recipe":"` + strings.Repeat("s", 3073) + `"}`, one + "Value at 'recipe'" + failed},
		{"iot", "PUT", "/things/a/principals", "", one + "Value null at 'principal'" + failed + "not be null"},
		{"iot", "POST", "/things/a", `[]`, "it must be a JSON object, not array"},
		{"iot", "POST", "/things/a", `{`, "it is not valid JSON"},
		{"iot", "POST", "/things/a", `{} {}`, "there is more after the JSON object"},
		{"iot", "POST", "/things/a", "{\"thingTypeName\":\"\xff\"}", "it is not valid UTF-8"},
		{"iot", "POST", "/things/a", `{"a":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}`, "nested more than 64 levels"},
		{"iot", "PUT", "/commands/c", `{"payload":{"content":"no base64!"}}`, "'payload.content' must be base64"},
		{"iot-jobs-data", "POST", "/things/a/jobs/j", `{"status":"DONE"}`, one + "Value 'DONE' at 'status'"},
		{"iot-jobs-data", "PUT", "/things/a/jobs/$next", `{}`, ""},
		{"iot-jobs-data", "PUT", "/things/a/jobs/%24next", `{}`, ""},
		{"iotdata", "POST", "/things/a/shadow", ``, one + "Value null at 'payload'"},
		{"iotdata", "POST", "/things/a/shadow?name=a%20b", `{}`, one + "Value 'a b' at 'shadowName'"},
	}
	for _, c := range cases {
		status, body := post(t, s, c.service, c.method, c.target, c.body)
		if c.want == "" && status != http.StatusOK || c.want != "" && (status != http.StatusBadRequest || !strings.Contains(body, c.want)) {
			t.Errorf("%s %s %.80s: %d %s\nwant %s", c.method, c.target, c.body, status, body, c.want)
		}
		if c.want != "" && strings.Contains(body, "ssss") {
			t.Errorf("%s repeats a sensitive value: %s", c.target, body)
		}
	}
}

func TestFormValidation(t *testing.T) {
	t.Parallel()
	s := newNoopServer(t, time.Now)
	for form, want := range map[string]string{
		"Action=ListRoles&Version=2010-05-08": "<ListRolesResponse",
		"Version=2010-05-08":                  "<Code>MissingAction<",
		"Action=Fly&Version=2010-05-08":       "<Code>InvalidAction<",
		"Action=ListRoles&MaxItems=1001":      "Value '1001' at 'maxItems' failed",
		"Action=GetRole":                      "Value null at 'roleName' failed",
		"Action=GetRole&RoleName=a%20b":       "<Code>ValidationError</Code><Message>1 validation error",
		"Action=TagRole&RoleName=r&Tags.member.1.Key=k&Tags.member.1.Value=": "<TagRoleResponse",
		"Action=TagRole&RoleName=r&Tags.member.1.Value=v":                    "Value null at 'tags.1.member.key' failed",
		"Action=TagRole&RoleName=r&Tags.member.x.Value=v":                    "'tags' must be a list, not an object",
		"Action=TagRole&RoleName=r&Tags=v":                                   "'tags' must be a list, not the string",
		"Action=GetRole&RoleName=%zz":                                        "<Code>MalformedQueryString<",
		"Action=GetRole&RoleName=%ff":                                        "is not valid UTF-8",
	} {
		status, body := post(t, s, "iam", "POST", "/", form, "Content-Type", formType)
		wantStatus := http.StatusBadRequest
		if strings.HasSuffix(want, "Response") {
			wantStatus = http.StatusOK
		}
		if !strings.Contains(body, want) || status != wantStatus {
			t.Errorf("%s: %d %s\nwant %s", form, status, body, want)
		}
	}
}

func TestOversizedBodies(t *testing.T) {
	t.Parallel()
	s := newNoopServer(t, time.Now)
	big := `{"a":"` + strings.Repeat("x", maxBody) + `"}`
	for service, want := range map[string]int{"iot": http.StatusBadRequest, "iotdata": http.StatusRequestEntityTooLarge, "iam": http.StatusBadRequest} {
		if status, body := post(t, s, service, "POST", "/things/a/shadow", big); status != want {
			t.Errorf("%s: %d %s, want %d", service, status, body, want)
		}
	}
}

// All patterns of all models compile, and mean in Go what they mean in Java.
func TestPatterns(t *testing.T) {
	t.Parallel()
	for _, svc := range model.All() {
		for _, op := range svc.Operations {
			walk(op.Input, func(s *model.Shape) { newChecks(s) })
		}
	}
	for _, c := range []struct {
		pattern, value string
		fits           bool
	}{
		{`[\p{Upper}\p{Digit}_]+`, "A_1", true}, {`[\p{Upper}\p{Digit}_]+`, "a", false},
		{`[\p{Graph}\x20]*`, "a b!~", true}, {`[\p{Graph}\x20]*`, "a\nb", false},
		{`[\u0020-\u00FF]+`, "ü", true}, {`[\u0020-\u00FF]+`, "あ", false},
		{`[^\p{C}]+`, "あ", true}, {`[^\p{C}]+`, "\u0007", false},
		{`[a-z]|b`, "ab", false}, {`[a-zA-Z0-9_-]+|^\$next`, "$next", true}, {`[a-z]+`, "a\n", false},
	} {
		if got := compilePattern(c.pattern).MatchString(c.value); got != c.fits {
			t.Errorf("%s matches %q: %t, want %t", c.pattern, c.value, got, c.fits)
		}
	}
}

func walk(s *model.Shape, visit func(*model.Shape)) {
	if s == nil {
		return
	}
	visit(s)
	for _, m := range s.Members {
		walk(m.Shape, visit)
	}
	walk(s.Element, visit)
	walk(s.Key, visit)
	walk(s.Value, visit)
}

// What appendString writes is JSON for the same text, whatever it is.
func TestStringsSurviveJSON(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.String().Draw(t, "text")
		var got string
		if err := json.Unmarshal(appendString(nil, want), &got); err != nil {
			t.Fatal(err)
		}
		if got != strings.ToValidUTF8(want, "\uFFFD") {
			t.Fatalf("%q became %q", want, got)
		}
	})
}

// A path built from any labels leads back to its operation and to the same labels.
func TestRoutesFindTheirLabels(t *testing.T) {
	t.Parallel()
	s := newNoopServer(t, time.Now)
	rapid.Check(t, func(t *rapid.T) {
		thing, job := rapid.StringMatching(`[a-z:/%$]{1,9}`).Draw(t, "thing"), rapid.StringMatching(`[a-z/?#-]{1,9}`).Draw(t, "job")
		r := httptest.NewRequest(http.MethodGet, "/things/"+escape(thing)+"/jobs/"+escape(job), nil)
		req := &request{http: r}
		op, err := s.byName["iot"].resolve(req)
		if err != nil {
			t.Fatal(err)
		}
		if op.Name != "DescribeJobExecution" || req.label("thingName") != thing || req.label("jobId") != job {
			t.Fatalf("%s: %s %q", r.URL, op.Name, req.values)
		}
	})
}

func escape(s string) string {
	const safe = "abcdefghijklmnopqrstuvwxyz"
	var b strings.Builder
	for i := range len(s) {
		if strings.IndexByte(safe, s[i]) >= 0 {
			b.WriteByte(s[i])
		} else {
			b.WriteString("%" + hex.EncodeToString([]byte{s[i]}))
		}
	}
	return b.String()
}
