// Package session makes and reads temporary credentials: those that STS hands out. Nothing is stored. The session token
// holds what it stands for and a code that only the sandbox can make, and the secret key follows from the token, so
// that credentials survive a restart.
package session

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"time"
)

// Session is what temporary credentials stand for.
type Session struct {
	KeyID   string    `json:"k"` // the access key id
	Expires time.Time `json:"e"` // on the wall clock, as signatures are dated by it
	Role    string    `json:"r,omitempty"`
	RoleARN string    `json:"a,omitempty"`
	RoleID  string    `json:"i,omitempty"`
	Name    string    `json:"n,omitempty"` // of the role session; "" for a session of the user
}

// Credentials are a session's secrets.
type Credentials struct {
	SecretKey string
	Token     string
}

// ErrInvalid means that a text is no token that this sandbox made.
var ErrInvalid = errors.New("the session token is not one of this sandbox")

// NewKeyID makes an access key id. Those of temporary credentials begin with ASIA and have 20 characters (IAM user guide,
// IAM identifiers).
func NewKeyID() string { return "ASIA" + rand.Text()[:16] }

// Issue makes the credentials of s. master is the sandbox's own secret key.
func Issue(master string, s Session) (Credentials, error) {
	payload, err := json.Marshal(s)
	if err != nil {
		return Credentials{}, err
	}
	token := append(sum(master, "token", payload), payload...)
	return Credentials{SecretKey: secret(master, payload), Token: base64.StdEncoding.EncodeToString(token)}, nil
}

// Open reads a token and returns the session with its secret key. It does not look at the time.
func Open(master, token string) (Session, string, error) {
	var s Session
	b, err := base64.StdEncoding.DecodeString(token)
	if err != nil || len(b) < sha256.Size {
		return s, "", ErrInvalid
	}
	mac, payload := b[:sha256.Size], b[sha256.Size:]
	if !hmac.Equal(mac, sum(master, "token", payload)) || json.Unmarshal(payload, &s) != nil {
		return Session{}, "", ErrInvalid
	}
	return s, secret(master, payload), nil
}

// secret has 40 characters, as AWS's secret keys have.
func secret(master string, payload []byte) string {
	return base64.StdEncoding.EncodeToString(sum(master, "secret", payload))[:40]
}

func sum(master, purpose string, payload []byte) []byte {
	h := hmac.New(sha256.New, []byte(master))
	h.Write([]byte(purpose))
	h.Write(payload)
	return h.Sum(nil)
}
