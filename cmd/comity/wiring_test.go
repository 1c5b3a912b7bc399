package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"comity/delivery"
)

// TestTheKeysOfMail reads COMITY_DKIM: one key for our own domain, more for those of sellers (F-44), and says what is
// wrong with an entry.
func TestTheKeysOfMail(t *testing.T) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	key := filepath.Join(t.TempDir(), "a=b.pem")
	if err := os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	for given, want := range map[string]string{
		"":             "",
		"s2026:" + key: "",
		"s2026:" + key + ",marlow.example=k1:" + key + ", tarn.example=k1:" + key: "",
		"marlow.example=k1:" + key: "",
		"s2026":                    `"s2026" is neither`,
		"s2026:" + key + ",":       `"" is neither`,
		"=k1:" + key:               "is neither",
		"marlow.example=" + key:    "is neither",
		"marlow.example=k1:":       "is neither",
		"s2026:" + key + ",post.example=k1:/nowhere.pem": "no such file",
		"s2026:" + key + ",Comity.invalid=k1:" + key:     "comity.invalid has two keys",
		"marlow..example=k1:" + key:                      "is not a name in the DNS",
	} {
		live, err := delivery.NewMailer("smtp://127.0.0.1:1", "post@comity.invalid")
		if err != nil {
			t.Fatal(err)
		}
		err = (&app{config: config{DKIM: given, MailFrom: "post@comity.invalid"}}).sign(live)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", given, err, want)
		}
	}
}
