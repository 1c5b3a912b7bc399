package inbound_test

import (
	"strings"
	"testing"

	"comity/inbound"
)

// TestWhoIsRefuted reads what our mail server wrote about a sender, as real ones write it, and nothing that others wrote.
func TestWhoIsRefuted(t *testing.T) {
	const (
		google = "mx.google.test; dkim=pass header.i=@evil.example header.s=s1 header.b=abc; spf=pass (google.test: domain of a@evil.example designates 192.0.2.1 as permitted sender) smtp.mailfrom=a@evil.example; dmarc=fail (p=REJECT sp=REJECT dis=NONE; see RFC 7489) header.from=harborpine.example"
		good   = "mx.google.test; dkim=pass header.i=@harborpine.example; spf=softfail smtp.mailfrom=dana@harborpine.example; dmarc=pass header.from=harborpine.example"
	)
	tests := map[string]struct {
		fields []string
		server string
		want   string
	}{
		"DMARC failed":                        {[]string{google}, "mx.google.test", "it is not from harborpine.example: DMARC failed"},
		"its name in other letters":           {[]string{google}, "MX.google.test", "it is not from harborpine.example: DMARC failed"},
		"DMARC passed":                        {[]string{good}, "mx.google.test", ""},
		"nobody is trusted":                   {[]string{google}, "", ""},
		"another server said so":              {[]string{google}, "mx.factor.test", ""},
		"ours is on top, below is the sender": {[]string{google, good}, "mx.google.test", "it is not from harborpine.example: DMARC failed"},
		"others between":                      {[]string{"relay.test; spf=pass smtp.mailfrom=a@b.example", google}, "mx.google.test", "it is not from harborpine.example: DMARC failed"},
		"forwarded, and nothing was signed":   {[]string{"mx.factor.test; spf=fail smtp.mailfrom=harborpine.example; dkim=none"}, "mx.factor.test", ""},
		"forwarded, and the signature holds":  {[]string{"mx.factor.test; spf=fail smtp.mailfrom=harborpine.example; dkim=pass header.d=harborpine.example"}, "mx.factor.test", ""},
		"not sure":                            {[]string{"mx.factor.test; spf=softfail smtp.mailfrom=harborpine.example; dmarc=none header.from=harborpine.example"}, "mx.factor.test", ""},
		"nothing was looked at":               {[]string{"mx.factor.test; none"}, "mx.factor.test", ""},
		"it cannot be read":                   {[]string{"mx.factor.test; dmarc"}, "mx.factor.test", ""},
		"no field":                            {nil, "mx.factor.test", ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			raw := "From: Dana <dana@harborpine.example>\r\nSubject: Hello\r\n"
			for _, field := range tc.fields {
				raw += "Authentication-Results: " + strings.ReplaceAll(field, "; ", ";\r\n  ") + "\r\n"
			}
			mail, err := inbound.Read([]byte(raw + "\r\nWe wait for our manager.\r\n"))
			if got := inbound.Refuted(mail, tc.server); got != tc.want || err != nil {
				t.Errorf("%q, want %q; %v", got, tc.want, err)
			}
		})
	}
}
