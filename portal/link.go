package portal

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"

	"github.com/google/uuid"

	"comity/domain"
)

// Links makes and reads the tokens of debtors' links: base64url of the link's id
// and 16 bytes of HMAC-SHA-256 under a key that the database never sees.
type Links struct {
	Keys    map[int][]byte // by version
	Current int            // the version of new links
}

const (
	idBytes    = 16
	macBytes   = 16
	nonceBytes = 16
)

// Token returns the token of a link under the key of its version; "" when there
// is no such key.
func (l Links) Token(link domain.Link) string {
	key, ok := l.Keys[link.KeyVersion]
	if !ok {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(append(link.ID.UUID[:], mac(key, "link", link.ID.UUID[:])...))
}

// Parse reads a token, and says under which version of the key it is right.
func (l Links) Parse(token string) (domain.LinkID, int, bool) {
	data, ok := decode(token, idBytes+macBytes)
	if !ok {
		return domain.LinkID{}, 0, false
	}
	for version, key := range l.Keys {
		if hmac.Equal(data[idBytes:], mac(key, "link", data[:idBytes])) {
			return domain.LinkID{UUID: uuid.UUID(data[:idBytes])}, version, true
		}
	}
	return domain.LinkID{}, 0, false
}

// nonce makes the hidden field of a form: random, and good on one link's page
// only. It is the idempotency key of what the form asks for.
func (l Links) nonce(link domain.Link, random []byte) string {
	return base64.RawURLEncoding.EncodeToString(append(random[:nonceBytes:nonceBytes], mac(l.Keys[link.KeyVersion], "form", link.ID.UUID[:], random[:nonceBytes])...))
}

// key returns the idempotency key of a form's nonce, or false when the nonce was
// not made for the link.
func (l Links) key(link domain.Link, nonce string) (string, bool) {
	data, ok := decode(nonce, nonceBytes+macBytes)
	if !ok || !hmac.Equal(data[nonceBytes:], mac(l.Keys[link.KeyVersion], "form", link.ID.UUID[:], data[:nonceBytes])) {
		return "", false
	}
	return base64.RawURLEncoding.EncodeToString(data[:nonceBytes]), true
}

// decode reads exactly size bytes, in their one spelling.
func decode(text string, size int) ([]byte, bool) {
	if len(text) != base64.RawURLEncoding.EncodedLen(size) {
		return nil, false
	}
	data, err := base64.RawURLEncoding.Strict().DecodeString(text)
	return data, err == nil && len(data) == size
}

// mac is 16 bytes of HMAC-SHA-256 over parts for one use of the key.
func mac(key []byte, use string, parts ...[]byte) []byte {
	sum := hmac.New(sha256.New, key)
	sum.Write([]byte("comity/" + use + "\n"))
	for _, part := range parts {
		sum.Write(part)
	}
	return sum.Sum(nil)[:macBytes]
}
