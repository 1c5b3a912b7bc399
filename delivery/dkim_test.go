package delivery_test

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"testing"

	"github.com/emersion/go-msgauth/dkim"

	"comity/delivery"
)

func rsaKey(t *testing.T, bits int) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func ed25519Key(t *testing.T) ed25519.PrivateKey {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func pkcs8(t *testing.T, kind string, key any) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

// record is the TXT record of a key.
func record(t *testing.T, key crypto.Signer) string {
	t.Helper()
	if public, ok := key.Public().(ed25519.PublicKey); ok {
		return "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public)
	}
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	return "v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(der)
}

// verify checks a mail as its receiver would; it wants one signature.
func verify(t *testing.T, text string, key crypto.Signer) *dkim.Verification {
	t.Helper()
	return verifyBy(t, text, map[string]crypto.Signer{"s2026._domainkey.comity.invalid": key})
}

// verifyBy is verify with the records of several keys.
func verifyBy(t *testing.T, text string, keys map[string]crypto.Signer) *dkim.Verification {
	t.Helper()
	found, err := dkim.VerifyWithOptions(strings.NewReader(text), &dkim.VerifyOptions{LookupTXT: func(name string) ([]string, error) {
		if keys[name] == nil {
			return nil, fmt.Errorf("no record %s", name)
		}
		return []string{record(t, keys[name])}, nil
	}})
	if err != nil || len(found) != 1 {
		t.Fatalf("%d signatures (%v) in\n%s", len(found), err, text)
	}
	return found[0]
}

// TestWhatArrivesVerifies: what a server got carries a signature of all that we
// promise, and no longer verifies when it was changed.
func TestWhatArrivesVerifies(t *testing.T) {
	letters := map[string]func(*delivery.Message){
		"text and HTML": func(*delivery.Message) {},
		"text only":     func(m *delivery.Message) { m.HTML = "" },
		"first of a thread": func(m *delivery.Message) {
			m.ReplyTo, m.InReplyTo, m.References, m.FromName = "", "", nil, ""
		},
		"not ASCII": func(m *delivery.Message) {
			m.FromName, m.Subject = "Größe & Söhne, \"Faktoren\"", strings.Repeat("Fällig am Mittwoch – 請求書 ", 9)
			m.Text, m.HTML = "1 250,00 € bis Mittwoch\n", "<p>1 250,00 € – 請求書</p>"
		},
		"long": func(m *delivery.Message) {
			m.Subject = strings.Repeat("word ", 60) + strings.Repeat("x", 300)
			m.Text, m.HTML = strings.Repeat("x", 3000)+"\n"+strings.Repeat("word  ", 500), "<p>"+strings.Repeat("a\tb ", 900)+"</p>"
			for n := range 40 {
				m.References = append(m.References, fmt.Sprintf("reference-%d@comity.invalid", n))
			}
		},
		"dots and ends": func(m *delivery.Message) {
			m.Text, m.HTML = ".\r\n..\n. dot \t\n  in front\rreturn\n\n \n\r\n\n", "."
		},
		"empty":      func(m *delivery.Message) { m.Text, m.HTML = "", "" },
		"only lines": func(m *delivery.Message) { m.Text, m.HTML = "\n\n \n", "" },
		"with a file": func(m *delivery.Message) {
			m.Attached = []delivery.Attachment{{Name: "notice-2026-02-05.pdf", MediaType: "application/pdf", Bytes: []byte(strings.Repeat("%PDF-1.3\n\x00\xff", 900))}}
		},
		"own sender": func(m *delivery.Message) { m.From = "ana@Comity.INVALID" },
	}
	for kind, key := range map[string]crypto.Signer{"RSA": rsaKey(t, 2048), "RSA 4096": rsaKey(t, 4096), "Ed25519": ed25519Key(t)} {
		for name, change := range letters {
			t.Run(kind+" "+name, func(t *testing.T) {
				var box postbox
				m := mailer(t, &box)
				if err := m.SignWith("Comity.invalid", "s2026", key); err != nil {
					t.Fatal(err)
				}
				msg := letter()
				change(&msg)
				if got, err := m.Send(t.Context(), msg); got != delivery.Taken {
					t.Fatalf("it is %s (%v)", got, err)
				}
				got := verify(t, box.got, key)
				if got.Err != nil {
					t.Fatalf("%v in\n%s", got.Err, box.got)
				}
				if got.Domain != "comity.invalid" || !got.Time.Equal(msg.At) || !got.Expiration.IsZero() {
					t.Errorf("it is signed %+v", got)
				}
				for line := range strings.SplitSeq(box.got, "\r\n") {
					if len(line) > 998 || strings.ContainsAny(line, "\r\n") {
						t.Errorf("a line is no line of mail: %q", line)
					}
				}
				tamper(t, box.got, key)
			})
		}
	}
}

// tamper changes what is signed and wants every change to be seen.
func tamper(t *testing.T, text string, key crypto.Signer) {
	t.Helper()
	changed := map[string]string{
		"body":            text + "and more\r\n",
		"body, within":    strings.Replace(text, "\r\n\r\n", "\r\n\r\nnew ", 1),
		"subject":         strings.Replace(text, "\r\nSubject:", "\r\nSubject: Not", 1),
		"date":            strings.Replace(text, "25 Feb 2026", "26 Feb 2026", 1),
		"no date":         strings.Replace(text, "Date: ", "X-Date: ", 1),
		"a second sender": "From: evil@example.org\r\n" + text,
		"a later sender":  strings.Replace(text, "\r\n\r\n", "\r\nFrom: evil@example.org\r\n\r\n", 1),
		"recipient":       strings.Replace(text, "dana@", "dora@", 1),
		"message ID":      strings.Replace(text, "<m2@", "<m3@", 1),
		"content type":    strings.Replace(text, "\r\nContent-Type: ", "\r\nContent-Type: x", 1),
		"MIME version":    strings.Replace(text, "\r\nMIME-Version: 1.0", "\r\nMIME-Version: 1.1", 1),
	}
	for _, name := range []string{"Reply-To", "In-Reply-To", "References"} {
		changed["another "+name] = name + ": <a@b.example>\r\n" + text
		if strings.Contains(text, "\r\n"+name+":") {
			changed[name] = strings.Replace(text, "\r\n"+name+":", "\r\n"+name+": <a@b.example>", 1)
			delete(changed, "another "+name) // signed once, so the lowest is the one that counts
		}
	}
	for name, other := range changed {
		if other == text || verify(t, other, key).Err == nil {
			t.Errorf("changed %s still verifies", name)
		}
	}
	relaxed := strings.Replace(text, "\r\nSubject:", "\r\nSUBJECT: \t", 1) + "\r\n\r\n"
	if err := verify(t, relaxed, key).Err; err != nil {
		t.Errorf("what a relay may change breaks it: %v", err)
	}
}

// TestSignatureAsWritten: the list of headers is folded between names only, as
// verifiers other than the one in these tests demand.
func TestSignatureAsWritten(t *testing.T) {
	var box postbox
	m := mailer(t, &box)
	if err := m.SignWith("comity.invalid", "s2026", ed25519Key(t)); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Send(t.Context(), letter()); err != nil {
		t.Fatal(err)
	}
	read, err := mail.ReadMessage(strings.NewReader(box.got))
	if err != nil {
		t.Fatal(err)
	}
	tags := map[string]string{}
	for tag := range strings.SplitSeq(read.Header.Get("DKIM-Signature"), ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(tag), "=")
		tags[name] = value
	}
	want := []string{"From", "From", "To", "Subject", "Date", "Message-ID", "Reply-To", "In-Reply-To", "References", "MIME-Version", "Content-Type"}
	names := strings.Split(tags["h"], ":")
	for n := range names {
		names[n] = strings.TrimSpace(names[n])
	}
	if !slices.Equal(names, want) {
		t.Errorf("it signs %q, want %q", names, want)
	}
	if tags["c"] != "relaxed/relaxed" || tags["a"] != "ed25519-sha256" || tags["v"] != "1" || tags["l"] != "" {
		t.Errorf("the tags are %v", tags)
	}
}

// TestUnsignedAsBefore: without a key no signature is made.
func TestUnsignedAsBefore(t *testing.T) {
	var box postbox
	if _, err := mailer(t, &box).Send(t.Context(), letter()); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(box.got, "DKIM") {
		t.Errorf("it is signed:\n%s", box.got)
	}
}

// away sends to a server that is not there.
func away(t *testing.T) *delivery.Mailer {
	t.Helper()
	m, err := delivery.NewMailer("smtp://127.0.0.1:1", "post@comity.invalid")
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestOnlyOurDomainIsSigned: a mail from elsewhere, or of no date, is not sent.
func TestOnlyOurDomainIsSigned(t *testing.T) {
	for name, change := range map[string]func(*delivery.Message){
		"elsewhere":     func(m *delivery.Message) { m.From = "ana@eastbrook.example" },
		"our subdomain": func(m *delivery.Message) { m.From = "ana@mail.comity.invalid" },
		"no date":       func(m *delivery.Message) { m.At = m.At.AddDate(-2026, 0, 0) },
	} {
		m := away(t)
		if err := m.SignWith("comity.invalid", "s2026", ed25519Key(t)); err != nil {
			t.Fatal(err)
		}
		msg := letter()
		change(&msg)
		if got, err := m.Send(t.Context(), msg); got != delivery.Permanent || err == nil || !strings.Contains(err.Error(), "DKIM") {
			t.Errorf("%s: it is %s (%v)", name, got, err)
		}
	}
}

// TestEachDomainHasItsKey holds F-44: with several keys a mail is signed with the one of its sender's domain, and one
// from a domain that has none is not sent; a domain has one key.
func TestEachDomainHasItsKey(t *testing.T) {
	keys := map[string]crypto.Signer{"s2026._domainkey.comity.invalid": ed25519Key(t), "k1._domainkey.marlow.example": rsaKey(t, 2048)}
	for from, want := range map[string]string{"": "comity.invalid", "accounts@Marlow.example": "marlow.example", "accounts@tarn.example": ""} {
		var box postbox
		m := away(t)
		if want != "" {
			m = mailer(t, &box)
		}
		for name, key := range keys {
			selector, domain, _ := strings.Cut(name, "._domainkey.")
			if err := m.SignWith(domain, selector, key); err != nil {
				t.Fatal(err)
			}
			if err := m.SignWith(strings.ToUpper(domain), "k2", key); err == nil {
				t.Errorf("%s takes a second key", domain)
			}
		}
		msg := letter()
		msg.From = from
		got, err := m.Send(t.Context(), msg)
		if want == "" {
			if got != delivery.Permanent || err == nil || !strings.Contains(err.Error(), "no DKIM key for tarn.example") {
				t.Errorf("from %s it is %s (%v)", from, got, err)
			}
			continue
		}
		if got != delivery.Taken {
			t.Fatalf("from %q it is %s (%v)", from, got, err)
		}
		if seen := verifyBy(t, box.got, keys); seen.Err != nil || seen.Domain != want {
			t.Errorf("from %q it is signed for %s (%v), want %s", from, seen.Domain, seen.Err, want)
		}
	}
}

func TestDKIMKeys(t *testing.T) {
	strong, edwards := rsaKey(t, 2048), ed25519Key(t)
	elliptical, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		text []byte
		want string // "" for a key that is taken
	}{
		"RSA":         {pkcs8(t, "PRIVATE KEY", strong), ""},
		"Ed25519":     {pkcs8(t, "PRIVATE KEY", edwards), ""},
		"weak RSA":    {pkcs8(t, "PRIVATE KEY", rsaKey(t, 1024)), "1024 bits"},
		"ECDSA":       {pkcs8(t, "PRIVATE KEY", elliptical), "not RSA or Ed25519"},
		"nothing":     {nil, "not PEM"},
		"rubbish":     {[]byte("hush"), "not PEM"},
		"encrypted":   {pkcs8(t, "ENCRYPTED PRIVATE KEY", strong), "unencrypted"},
		"PKCS#1":      {pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(strong)}), "PKCS#8"},
		"public":      {pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY"}), "PKCS#8"},
		"broken":      {pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("hush")}), "DKIM key"},
		"cannot sign": {pkcs8(t, "PRIVATE KEY", x25519(t)), "cannot sign"},
	}
	for name, tc := range tests {
		key, err := delivery.ReadDKIMKey(tc.text)
		if (key == nil) != (tc.want != "") || (err == nil) != (tc.want == "") || (err != nil && !strings.Contains(err.Error(), tc.want)) {
			t.Errorf("%s: %T (%v), want %q", name, key, err, tc.want)
		}
	}
	m := away(t)
	for name, err := range map[string]error{
		"weak":       m.SignWith("comity.invalid", "s2026", rsaKey(t, 1024)),
		"ECDSA":      m.SignWith("comity.invalid", "s2026", elliptical),
		"no key":     m.SignWith("comity.invalid", "s2026", nil),
		"no domain":  m.SignWith("", "s2026", strong),
		"tag inside": m.SignWith("comity.invalid", "s; l=1", strong),
		"dot at end": m.SignWith("comity.invalid.", "s2026", strong),
	} {
		if err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	if err := m.SignWith("comity.invalid", "s2026.mail", strong); err != nil {
		t.Error(err)
	}
}

func x25519(t *testing.T) *ecdh.PrivateKey {
	t.Helper()
	key, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}
