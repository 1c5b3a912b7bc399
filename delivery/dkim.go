package delivery

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/wneessen/go-mail"
)

const minRSABits = 2048

// A dkim signs mails of one domain (RFC 6376), headers and body relaxed.
//
// go-mail v0.8.1 can sign too, but it folds a list of header names as long as
// ours in the middle of a name and signs the list unfolded, so that the
// signature does not verify.
type dkim struct {
	domain, selector string
	algorithm        string
	key              crypto.Signer
	hash             crypto.Hash // that the key is told; Ed25519 wants none
}

// ReadDKIMKey reads a private key that is one PEM block of PKCS#8 ("BEGIN
// PRIVATE KEY"): Ed25519, or RSA of 2048 bits or more.
func ReadDKIMKey(text []byte) (crypto.Signer, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("DKIM key is not PEM")
	}
	if block.Type != "PRIVATE KEY" {
		return nil, fmt.Errorf("DKIM key is a PEM block %q, not an unencrypted PKCS#8 \"PRIVATE KEY\" (openssl pkcs8 -topk8 -nocrypt makes one)", block.Type)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("DKIM key: %w", err)
	}
	key, ok := parsed.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("DKIM key is a %T, which cannot sign", parsed)
	}
	if _, _, err := algorithmOf(key); err != nil {
		return nil, err
	}
	return key, nil
}

func algorithmOf(key crypto.Signer) (string, crypto.Hash, error) {
	switch public := key.Public().(type) {
	case *rsa.PublicKey:
		if bits := public.N.BitLen(); bits < minRSABits {
			return "", 0, fmt.Errorf("DKIM key is RSA of %d bits, at least %d are needed", bits, minRSABits)
		}
		return "rsa-sha256", crypto.SHA256, nil
	case ed25519.PublicKey:
		return "ed25519-sha256", 0, nil
	default:
		return "", 0, fmt.Errorf("DKIM key is %T, not RSA or Ed25519", public)
	}
}

// SignWith makes the mailer sign what it sends from a domain; it takes a key for each of several.
// Receivers look for the public key in a TXT record at selector._domainkey.domain. A mail whose
// From address is of none of the domains is then refused. Call it before the first Send.
func (m *Mailer) SignWith(domain, selector string, key crypto.Signer) error {
	name := regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$`)
	domain = strings.ToLower(domain)
	if !name.MatchString(domain) || !name.MatchString(strings.ToLower(selector)) || len(selector)+len(domain) > 230 {
		return fmt.Errorf("DKIM domain %q or selector %q is not a name in the DNS", domain, selector)
	}
	if key == nil {
		return errors.New("DKIM key is missing")
	}
	algorithm, hash, err := algorithmOf(key)
	if err != nil {
		return err
	}
	if m.dkim[domain] != nil {
		return fmt.Errorf("DKIM domain %s has two keys", domain)
	}
	if m.dkim == nil {
		m.dkim = map[string]*dkim{}
	}
	m.dkim[domain] = &dkim{domain: domain, selector: selector, algorithm: algorithm, key: key, hash: hash}
	return nil
}

// sign adds the signature header where the mailer signs, with the key of the sender's domain. go-mail
// writes a message the same way each time once it has been written, so what is signed here is what
// is sent.
func (m *Mailer) sign(out *mail.Msg, at time.Time) error {
	if len(m.dkim) == 0 {
		return nil
	}
	var d *dkim
	for _, from := range out.GetFrom() {
		domain := strings.ToLower(from.Address[strings.LastIndex(from.Address, "@")+1:])
		if d = m.dkim[domain]; d == nil {
			return fmt.Errorf("there is no DKIM key for %s, which the mail is from", domain)
		}
	}
	if d == nil || at.Unix() <= 0 {
		return errors.New("DKIM signature needs the sender and the date of the mail")
	}
	var text bytes.Buffer
	if _, err := out.WriteTo(&text); err != nil {
		return fmt.Errorf("write mail to sign it: %w", err)
	}
	value, err := d.signature(text.String(), at)
	if err != nil {
		return err
	}
	out.SetGenHeaderPreformatted("DKIM-Signature", value)
	return nil
}

// signature returns the value of the header for a mail as it goes out.
func (d *dkim) signature(text string, at time.Time) (string, error) {
	head, body, _ := strings.Cut(text, "\r\n\r\n")
	// From is named twice so that a second one, added on the way, does not pass.
	// The list is folded between two names, where every verifier allows it.
	names := []string{"From", "From", "To", "Subject", "Date", "Message-ID"}
	more := []string{"Reply-To", "In-Reply-To", "References", "MIME-Version", "Content-Type"}
	digest := sha256.Sum256([]byte(relaxedBody(body)))
	value := fmt.Sprintf("v=1; a=%s; c=relaxed/relaxed; t=%d;\r\n d=%s; s=%s;\r\n h=%s:\r\n %s;\r\n bh=%s;\r\n b=",
		d.algorithm, at.Unix(), d.domain, d.selector, strings.Join(names, ":"), strings.Join(more, ":"),
		base64.StdEncoding.EncodeToString(digest[:]))
	signed := pickHeaders(head, append(names, more...)) + relaxedHeader("DKIM-Signature: "+value)
	digest = sha256.Sum256([]byte(signed))
	input := digest[:]
	signature, err := d.key.Sign(rand.Reader, input, d.hash)
	if err != nil {
		return "", fmt.Errorf("DKIM signature: %w", err)
	}
	encoded := base64.StdEncoding.EncodeToString(signature)
	for len(encoded) > 72 {
		value += encoded[:72] + "\r\n "
		encoded = encoded[72:]
	}
	return value + encoded, nil
}

// pickHeaders returns the named headers, relaxed, the lowest of a name first. A
// name that has no header left adds nothing.
func pickHeaders(head string, names []string) string {
	unfolded := strings.NewReplacer("\r\n ", " ", "\r\n\t", " ").Replace(head)
	fields := strings.Split(unfolded, "\r\n")
	var picked strings.Builder
	for _, name := range names {
		for i := len(fields) - 1; i >= 0; i-- {
			if found, _, _ := strings.Cut(fields[i], ":"); strings.EqualFold(strings.TrimSpace(found), name) {
				picked.WriteString(relaxedHeader(fields[i]) + "\r\n")
				fields[i] = ""
				break
			}
		}
	}
	return picked.String()
}

func relaxedHeader(field string) string {
	name, value, _ := strings.Cut(field, ":")
	return strings.ToLower(strings.TrimSpace(name)) + ":" + oneSpace(value, " \t\r\n")
}

func relaxedBody(body string) string {
	lines := strings.Split(strings.ReplaceAll(body, "\r\n", "\n"), "\n") // a lone LF goes out as CRLF
	for i, text := range lines {
		lines[i] = oneSpace(text, " \t")
		if lines[i] != "" && (text[0] == ' ' || text[0] == '\t') {
			lines[i] = " " + lines[i]
		}
	}
	relaxed := strings.TrimRight(strings.Join(lines, "\r\n"), "\r\n")
	if relaxed == "" {
		return ""
	}
	return relaxed + "\r\n"
}

// oneSpace makes each run of spaces one and takes those at the ends away.
func oneSpace(text, spaces string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(spaces, r) }), " ")
}
