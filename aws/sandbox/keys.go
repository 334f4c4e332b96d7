package sandbox

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// keysFile holds the sandbox's credentials, for the owner of the directory only.
const keysFile = "credentials.json"

type keys struct {
	AccessKey string `json:"access_key"`
	SecretKey string `json:"secret_key"`
}

// newKeys makes credentials of the usual lengths. The access key starts unlike any of AWS, so that nobody takes it
// for a real one.
func newKeys() keys {
	return keys{AccessKey: "FLEETLAB" + random(12), SecretKey: random(40)}
}

func random(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails (crypto/rand)
	return base32.StdEncoding.EncodeToString(b)[:n]
}

// loadKeys returns the credentials of dir: those that are wanted, which then are the directory's from now on; those
// that it has; or new ones. An empty dir keeps nothing.
func loadKeys(dir string, wanted keys) (keys, error) {
	if dir == "" {
		if wanted == (keys{}) {
			wanted = newKeys()
		}
		return wanted, nil
	}
	have, err := readKeys(dir)
	switch {
	case err == nil && (wanted == keys{} || wanted == have):
		return have, nil
	case err != nil && !errors.Is(err, fs.ErrNotExist) && wanted == keys{}:
		return keys{}, err
	case wanted == keys{}:
		wanted = newKeys()
	}
	b, err := json.MarshalIndent(wanted, "", "  ")
	if err != nil {
		return keys{}, err
	}
	return wanted, writeFile(filepath.Join(dir, keysFile), append(b, '\n'))
}

func readKeys(dir string) (keys, error) {
	var k keys
	name := filepath.Join(dir, keysFile)
	b, err := os.ReadFile(name)
	if err != nil {
		return k, fmt.Errorf("read the sandbox's credentials: %w", err)
	}
	if err := json.Unmarshal(b, &k); err != nil || k.AccessKey == "" || k.SecretKey == "" {
		return keys{}, fmt.Errorf("%s does not hold credentials; remove it and new ones are made", name)
	}
	return k, nil
}
