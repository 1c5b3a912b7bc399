package api

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"comity/domain"
)

const (
	tokenIssuer   = "comity"
	tokenAudience = "comity-api"
	tokenLife     = 15 * time.Minute
)

// Tokens signs and checks access tokens: EdDSA JWTs that live 15 minutes. Two
// keys may verify at once, so that a key can be rotated without a sign-out.
type Tokens struct {
	signing string // kid of the key that signs
	private ed25519.PrivateKey
	public  map[string]ed25519.PublicKey
	now     func() time.Time
}

// NewTokens takes the signing key and the public keys that also verify, by kid.
func NewTokens(kid string, signing ed25519.PrivateKey, also map[string]ed25519.PublicKey, now func() time.Time) (*Tokens, error) {
	public, ok := signing.Public().(ed25519.PublicKey)
	if !ok || kid == "" {
		return nil, errors.New("the token key is not an Ed25519 key with a kid")
	}
	keys := map[string]ed25519.PublicKey{kid: public}
	for id, key := range also {
		keys[id] = key
	}
	return &Tokens{signing: kid, private: signing, public: keys, now: now}, nil
}

type claims struct {
	Organization string `json:"org"`
	jwt.RegisteredClaims
}

// issue returns a token for a user of an organisation, and when it ends.
func (t *Tokens) issue(user domain.UserID, org domain.OrganizationID) (string, time.Time, error) {
	now := t.now().UTC().Truncate(time.Second)
	ends := now.Add(tokenLife)
	token := jwt.NewWithClaims(jwt.SigningMethodEdDSA, claims{
		Organization: org.String(),
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: tokenIssuer, Audience: jwt.ClaimStrings{tokenAudience}, Subject: user.String(),
			IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(ends),
		},
	})
	token.Header["kid"] = t.signing
	signed, err := token.SignedString(t.private)
	if err != nil {
		return "", ends, fmt.Errorf("sign token: %w", err)
	}
	return signed, ends, nil
}

const maxTokenBytes = 4096

// check returns whose token it is, or ErrUnauthenticated. Only EdDSA with one
// of our own kids is believed; keys that a token brings along are not looked at.
func (t *Tokens) check(text string) (domain.UserID, domain.OrganizationID, error) {
	var c claims
	if len(text) > maxTokenBytes {
		return domain.UserID{}, domain.OrganizationID{}, domain.ErrUnauthenticated
	}
	_, err := jwt.ParseWithClaims(text, &c, func(token *jwt.Token) (any, error) {
		kid, _ := token.Header["kid"].(string)
		if key, known := t.public[kid]; known {
			return key, nil
		}
		return nil, jwt.ErrTokenUnverifiable
	},
		jwt.WithValidMethods([]string{jwt.SigningMethodEdDSA.Alg()}), jwt.WithExpirationRequired(), jwt.WithTimeFunc(t.now),
		jwt.WithIssuer(tokenIssuer), jwt.WithAudience(tokenAudience), jwt.WithIssuedAt(), jwt.WithStrictDecoding())
	if err != nil {
		return domain.UserID{}, domain.OrganizationID{}, domain.ErrUnauthenticated
	}
	user, err := domain.ParseUserID(c.Subject)
	if err != nil {
		return domain.UserID{}, domain.OrganizationID{}, domain.ErrUnauthenticated
	}
	org, err := domain.ParseOrganizationID(c.Organization)
	if err != nil {
		return domain.UserID{}, domain.OrganizationID{}, domain.ErrUnauthenticated
	}
	return user, org, nil
}
