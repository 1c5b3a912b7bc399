package inbound

import (
	"fmt"
	"strings"

	"github.com/emersion/go-msgauth/authres"
)

// maxResults bounds how many Authentication-Results of a mail are kept; ours are on top.
const maxResults = 10

// Refuted says in words why a mail is not from whom it says it is, as the mail server of ours
// that took it wrote down (RFC 8601): DMARC failed, or, where nothing was said about that, SPF
// failed and no signature held. It is "" when the sender was proven and when nobody looked.
// Server is the authserv-id of that mail server, which takes out what others wrote in its name
// (RFC 8601, section 5); "": none is trusted.
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
	failed, signed := "", false
	for _, result := range results {
		switch r := result.(type) {
		case *authres.DMARCResult:
			if r.Value == authres.ResultFail {
				return fmt.Sprintf("it is not from %s: DMARC failed", oneLine(cut(r.From, maxShort)))
			}
			if r.Value == authres.ResultPass {
				return ""
			}
		case *authres.SPFResult:
			if r.Value == authres.ResultFail || r.Value == authres.ResultHardFail {
				failed = fmt.Sprintf("it was not sent by a server of %s: SPF failed", oneLine(cut(r.From, maxShort)))
			}
		case *authres.DKIMResult:
			signed = signed || r.Value == authres.ResultPass
		}
	}
	if signed {
		return ""
	}
	return failed
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
