package main

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// keys are the process's secrets: they are generated, kept in one file that
// only its owner reads, and never printed.
type keys struct {
	TokenKid    string         `json:"token_kid"`
	TokenSeed   []byte         `json:"token_seed"`   // Ed25519, 32 bytes
	LinkVersion int            `json:"link_version"` // the version that signs new links
	LinkKeys    map[int][]byte `json:"link_keys"`
	Fingerprint []byte         `json:"fingerprint"`
}

// readKeys reads the file, making it when it is not there yet. Weak or broken
// keys are refused.
func readKeys(path string) (keys, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return makeKeys(path)
	}
	if err != nil {
		return keys{}, fmt.Errorf("read keys: %w", err)
	}
	var k keys
	if err := json.Unmarshal(data, &k); err != nil {
		return keys{}, fmt.Errorf("the keys file %s is broken", path)
	}
	if len(k.TokenSeed) != ed25519.SeedSize || k.TokenKid == "" || len(k.LinkKeys[k.LinkVersion]) < 32 || len(k.Fingerprint) < 32 {
		return keys{}, fmt.Errorf("the keys file %s holds a key that is missing or shorter than 32 bytes", path)
	}
	return k, nil
}

func makeKeys(path string) (keys, error) {
	k := keys{
		TokenKid: secret(6), TokenSeed: randomBytes(ed25519.SeedSize), LinkVersion: 1,
		LinkKeys: map[int][]byte{1: randomBytes(32)}, Fingerprint: randomBytes(32),
	}
	data, err := json.Marshal(k)
	if err != nil {
		return keys{}, fmt.Errorf("encode keys: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return keys{}, fmt.Errorf("make keys: %w", err)
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, os.ErrExist) {
		return readKeys(path) // another process made them meanwhile
	}
	if err != nil {
		return keys{}, fmt.Errorf("make keys: %w", err)
	}
	defer file.Close()
	if _, err := file.Write(data); err != nil {
		return keys{}, fmt.Errorf("write keys: %w", err)
	}
	return k, file.Sync()
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // crypto/rand never fails
	return b
}

// secret returns n random bytes in hex.
func secret(n int) string { return hex.EncodeToString(randomBytes(n)) }

// fingerprint is the keyed digest under which invoices are compared.
func (k keys) fingerprint(text string) []byte {
	mac := hmac.New(sha256.New, k.Fingerprint)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}
