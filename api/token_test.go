package api

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"comity/domain"
)

// A forge makes tokens by hand, right ones and others.
type forge struct {
	tokens *Tokens
	key    ed25519.PrivateKey
	other  ed25519.PrivateKey
	now    time.Time
}

func newForge(t *testing.T) forge {
	t.Helper()
	now := time.Date(2026, 2, 4, 14, 12, 0, 0, time.UTC)
	f := forge{
		key: ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)), now: now,
		other: ed25519.NewKeyFromSeed([]byte(strings.Repeat("o", ed25519.SeedSize))),
	}
	tokens, err := NewTokens("k1", f.key, nil, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	f.tokens = tokens
	return f
}

type object = map[string]any

func (f forge) claims(change object) object {
	c := object{
		"iss": "comity", "aud": []string{"comity-api"}, "sub": domain.New[domain.UserID]().String(), "org": domain.New[domain.OrganizationID]().String(),
		"iat": f.now.Unix(), "exp": f.now.Add(time.Minute).Unix(),
	}
	maps.Copy(c, change)
	for name, value := range change {
		if value == nil {
			delete(c, name)
		}
	}
	return c
}

func part(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

func (f forge) signed(header, claims object, key ed25519.PrivateKey) string {
	text := part(header) + "." + part(claims)
	return text + "." + base64.RawURLEncoding.EncodeToString(ed25519.Sign(key, []byte(text)))
}

func (f forge) hs256(header, claims object, secret []byte) string {
	text := part(header) + "." + part(claims)
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(text))
	return text + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

func right(change object) object {
	h := object{"alg": "EdDSA", "typ": "JWT", "kid": "k1"}
	maps.Copy(h, change)
	for name, value := range change {
		if value == nil {
			delete(h, name)
		}
	}
	return h
}

func (f forge) refused(t *testing.T, tokens map[string]string) {
	t.Helper()
	for name, token := range tokens {
		if _, _, err := f.tokens.check(token); !errors.Is(err, domain.ErrUnauthenticated) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOwnTokensAreBelieved(t *testing.T) {
	f := newForge(t)
	user, org := domain.New[domain.UserID](), domain.New[domain.OrganizationID]()
	token, ends, err := f.tokens.issue(user, org)
	if err != nil || !ends.Equal(f.now.Add(15*time.Minute)) {
		t.Fatalf("ends %s, %v", ends, err)
	}
	if u, o, err := f.tokens.check(token); err != nil || u != user || o != org {
		t.Errorf("%s of %s, %v", u, o, err)
	}
	if _, _, err := f.tokens.check(f.signed(right(nil), f.claims(nil), f.key)); err != nil {
		t.Errorf("the forge cannot make a right one: %v", err)
	}
}

// T-1: no signature at all, in every spelling.
func TestUnsignedTokensAreRefused(t *testing.T) {
	f := newForge(t)
	tokens := map[string]string{}
	for _, alg := range []string{"none", "None", "NONE", "nOnE", "", " none"} {
		tokens["alg "+alg] = part(right(object{"alg": alg})) + "." + part(f.claims(nil)) + "."
		tokens["signed, alg "+alg] = f.signed(right(object{"alg": alg}), f.claims(nil), f.key)
	}
	tokens["no alg"] = f.signed(right(object{"alg": nil}), f.claims(nil), f.key)
	f.refused(t, tokens)
}

// T-2: the signature is gone, of another key, or of other claims.
func TestWrongSignaturesAreRefused(t *testing.T) {
	f := newForge(t)
	good := f.signed(right(nil), f.claims(nil), f.key)
	pieces := strings.Split(good, ".")
	f.refused(t, map[string]string{
		"stripped":          pieces[0] + "." + pieces[1] + ".",
		"two parts":         pieces[0] + "." + pieces[1],
		"four parts":        good + ".x",
		"another key":       f.signed(right(nil), f.claims(nil), f.other),
		"other claims":      pieces[0] + "." + part(f.claims(nil)) + "." + pieces[2],
		"other header":      part(right(object{"typ": "jwt"})) + "." + pieces[1] + "." + pieces[2],
		"padded":            good + "==",
		"a space":           good + " ",
		"nothing":           "",
		"dots":              "..",
		"longer than 4096":  f.signed(right(nil), f.claims(object{"pad": strings.Repeat("x", 4096)}), f.key),
		"signature garbled": pieces[0] + "." + pieces[1] + "." + strings.Repeat("A", len(pieces[2])),
	})
}

// T-3: the public key, which everybody may know, used as an HMAC secret.
func TestOtherAlgorithmsAreRefused(t *testing.T) {
	f := newForge(t)
	public, _ := f.key.Public().(ed25519.PublicKey)
	f.refused(t, map[string]string{
		"HS256":           f.hs256(right(object{"alg": "HS256"}), f.claims(nil), public),
		"HS256 as EdDSA":  f.hs256(right(nil), f.claims(nil), public),
		"EdDSA as HS256":  f.signed(right(object{"alg": "HS256"}), f.claims(nil), f.key),
		"EdDSA as RS256":  f.signed(right(object{"alg": "RS256"}), f.claims(nil), f.key),
		"EdDSA as ES256":  f.signed(right(object{"alg": "ES256"}), f.claims(nil), f.key),
		"eddsa, in small": f.signed(right(object{"alg": "eddsa"}), f.claims(nil), f.key),
	})
}

// T-4: keys that a token brings along, and kids that are none of ours.
func TestForeignKeysAreNotLookedAt(t *testing.T) {
	f := newForge(t)
	public, _ := f.other.Public().(ed25519.PublicKey)
	jwk := object{"kty": "OKP", "crv": "Ed25519", "x": base64.RawURLEncoding.EncodeToString(public)}
	f.refused(t, map[string]string{
		"jwk":            f.signed(right(object{"jwk": jwk}), f.claims(nil), f.other),
		"jku":            f.signed(right(object{"jku": "https://evil.example/keys"}), f.claims(nil), f.other),
		"x5u":            f.signed(right(object{"x5u": "https://evil.example/keys"}), f.claims(nil), f.other),
		"another kid":    f.signed(right(object{"kid": "k2"}), f.claims(nil), f.key),
		"no kid":         f.signed(right(object{"kid": nil}), f.claims(nil), f.key),
		"a path":         f.signed(right(object{"kid": "../../dev/null"}), f.claims(nil), f.key),
		"SQL":            f.signed(right(object{"kid": "k1' OR '1'='1"}), f.claims(nil), f.key),
		"a number":       f.signed(right(object{"kid": 1}), f.claims(nil), f.key),
		"a list of kids": f.signed(right(object{"kid": []string{"k1"}}), f.claims(nil), f.key),
	})
}

// T-5: a token has its time.
func TestTokensHaveTheirTime(t *testing.T) {
	f := newForge(t)
	at := func(d time.Duration) int64 { return f.now.Add(d).Unix() }
	f.refused(t, map[string]string{
		"no end":            f.signed(right(nil), f.claims(object{"exp": nil}), f.key),
		"ended":             f.signed(right(nil), f.claims(object{"exp": at(-time.Second)}), f.key),
		"ends now":          f.signed(right(nil), f.claims(object{"exp": at(0)}), f.key),
		"end as a text":     f.signed(right(nil), f.claims(object{"exp": "tomorrow"}), f.key),
		"not yet":           f.signed(right(nil), f.claims(object{"nbf": at(time.Minute)}), f.key),
		"made in future":    f.signed(right(nil), f.claims(object{"iat": at(time.Minute)}), f.key),
		"ends in year 1":    f.signed(right(nil), f.claims(object{"exp": -62135596800}), f.key),
		"ends at the epoch": f.signed(right(nil), f.claims(object{"exp": 0}), f.key),
	})
}

// T-6: a token is ours, for this API, and names a user and an organisation.
func TestTokensAreForUs(t *testing.T) {
	f := newForge(t)
	f.refused(t, map[string]string{
		"another issuer":   f.signed(right(nil), f.claims(object{"iss": "comity2"}), f.key),
		"no issuer":        f.signed(right(nil), f.claims(object{"iss": nil}), f.key),
		"another audience": f.signed(right(nil), f.claims(object{"aud": []string{"portal"}}), f.key),
		"no audience":      f.signed(right(nil), f.claims(object{"aud": nil}), f.key),
		"no user":          f.signed(right(nil), f.claims(object{"sub": nil}), f.key),
		"an org as user":   f.signed(right(nil), f.claims(object{"sub": domain.New[domain.OrganizationID]().String()}), f.key),
		"no organisation":  f.signed(right(nil), f.claims(object{"org": nil}), f.key),
		"org as a list":    f.signed(right(nil), f.claims(object{"org": []string{"org_x"}}), f.key),
	})
}

func TestTwoKeysMayVerify(t *testing.T) {
	f := newForge(t)
	public, _ := f.other.Public().(ed25519.PublicKey)
	tokens, err := NewTokens("k1", f.key, map[string]ed25519.PublicKey{"k0": public}, func() time.Time { return f.now })
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := tokens.check(f.signed(right(object{"kid": "k0"}), f.claims(nil), f.other)); err != nil {
		t.Errorf("the old key: %v", err)
	}
	if _, _, err := tokens.check(f.signed(right(object{"kid": "k0"}), f.claims(nil), f.key)); err == nil {
		t.Error("a kid that belongs to another key is believed")
	}
}
