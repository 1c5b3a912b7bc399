package inbound

import (
	"fmt"
	"strings"

	"github.com/emersion/go-msgauth/authres"
)

// maxResults bounds how many Authentication-Results of a mail are kept; ours are on top.
const maxResults = 10

// Refuted says in words why a mail is not from whom it says it is, as the mail server of ours
// that took it wrote down (RFC 8601): DMARC failed, which the sender's own domain asks to be
// believed. SPF alone refutes nobody, since an honest mail fails it when it is forwarded. It is
// "" when the sender was proven and when nobody looked. Server is the authserv-id of that mail
// server, which takes out what others wrote in its name (RFC 8601, section 5); "": none is
// trusted.
func Refuted(m Mail, server string) string {
	if server == "" {
		return ""
	}
	for _, text := range m.results {
		id, results, err := authres.Parse(uncommented(text))
		if !strings.EqualFold(id, server) {
			continue
		}
		if err != nil {
			return "" // what cannot be read refutes nobody
		}
		return refuted(results)
	}
	return ""
}

func refuted(results []authres.Result) string {
	for _, result := range results {
		if r, ok := result.(*authres.DMARCResult); ok && r.Value == authres.ResultFail {
			return fmt.Sprintf("it is not from %s: DMARC failed", oneLine(cut(r.From, maxShort)))
		}
	}
	return ""
}

// uncommented leaves out comments, which may hold anything, even semicolons.
func uncommented(text string) string {
	var out strings.Builder
	depth := 0
	for _, c := range text {
		switch {
		case c == '(':
			depth++
		case c == ')' && depth > 0:
			depth--
		case depth == 0:
			out.WriteRune(c)
		}
	}
	return out.String()
}
