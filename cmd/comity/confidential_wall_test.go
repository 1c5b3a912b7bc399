package main

import (
	"bytes"
	"encoding/json"
	"html"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/http"
	"net/mail"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/uuid"
)

const quietEmail = "desk@quillfeather.example"

// ofASale are the words by which a debtor would know.
var ofASale = regexp.MustCompile(`(?i)quillfeather|\bfactors?\b|factoring|\bassign|\bbought\b|\bsold\b|\bnotices?\b|confidential|notified|cession|cesión|cessão|abtret|affactur`)

// mayStand are the names of fields without a value, and what a seller may say of its goods.
var mayStand = regexp.MustCompile(`"(factor|factor_email|notice_on)":null|We sold you ten boxes\.`)

// keeps fails when something that reached the debtor names the factor or speaks of a sale, in any of the ways in which it
// may be written there.
func keeps(t *testing.T, what string, reached []byte) {
	t.Helper()
	text := string(reached)
	ways := []string{text, html.UnescapeString(text), wideText(reached)}
	if decoded, err := url.QueryUnescape(text); err == nil {
		ways = append(ways, decoded)
	}
	var any any
	if json.Unmarshal(reached, &any) == nil {
		if plain, err := json.Marshal(any); err == nil {
			ways = append(ways, string(plain))
		}
	}
	for _, way := range ways {
		if found := ofASale.FindString(mayStand.ReplaceAllString(way, "")); found != "" {
			t.Errorf("%s says %q:\n%s", what, found, text)
			return
		}
	}
}

// wideText reads what stands in a file as text of two bytes a letter.
func wideText(data []byte) string {
	var all strings.Builder
	for offset := range 2 {
		var units []uint16
		for i := offset; i+1 < len(data); i += 2 {
			units = append(units, uint16(data[i])<<8|uint16(data[i+1]))
		}
		all.WriteString(string(utf16.Decode(units)))
	}
	return all.String()
}

// wholeMail returns every header and part of a mail, decoded.
func wholeMail(t *testing.T, data []byte) (to, whole string) {
	t.Helper()
	msg, err := mail.ReadMessage(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for name, values := range msg.Header {
		for _, value := range values {
			decoded, err := new(mime.WordDecoder).DecodeHeader(value)
			if err != nil {
				t.Fatal(err)
			}
			all.WriteString(name + ": " + decoded + "\n")
		}
	}
	var read func(header interface{ Get(string) string }, body io.Reader)
	read = func(header interface{ Get(string) string }, body io.Reader) {
		kind, params, _ := mime.ParseMediaType(header.Get("Content-Type"))
		if strings.HasPrefix(kind, "multipart/") {
			parts := multipart.NewReader(body, params["boundary"])
			for part, err := parts.NextRawPart(); err == nil; part, err = parts.NextRawPart() {
				read(part.Header, part)
			}
			return
		}
		if strings.EqualFold(header.Get("Content-Transfer-Encoding"), "quoted-printable") {
			body = quotedprintable.NewReader(body)
		}
		text, err := io.ReadAll(body)
		if err != nil {
			t.Fatal(err)
		}
		all.WriteString(kind + "\n" + strings.ReplaceAll(string(text), "\r\n", "\n") + "\n")
	}
	read(msg.Header, msg.Body)
	return msg.Header.Get("To"), all.String()
}

// TestNothingThatReachesTheDebtorNamesTheFactor holds F-44 and D-24 over HTTP, by the debtor's own link, from the first
// letter to the thanks: every mail with all its headers, every page in five languages, every answer in JSON and every
// paper; whoever writes for the debtor and names the factor is refused, and what stood there before is not shown.
func TestNothingThatReachesTheDebtorNamesTheFactor(t *testing.T) {
	s := newQuietScene(t)
	ctx := t.Context()
	owner := s.data.Owner(t)
	run := func(query string, args ...any) {
		t.Helper()
		if _, err := owner.ExecContext(ctx, query, args...); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
	}
	run(`UPDATE organizations SET email = $1 WHERE name = $2`, quietEmail, quietFactor)
	s.sold()
	s.funded()
	s.until("2026-02-06", "2026-02-27")
	link := s.link()
	_, token, _ := parts(t, link)
	asks := func(method, path string, want int, body any) string {
		t.Helper()
		key := ""
		if method == http.MethodPost {
			key = uuid.NewString()
		}
		status, answer := s.asked(t, token, method, path, key, body)
		if status != want {
			t.Errorf("%s %s: %d %s, want %d", method, path, status, answer, want)
		}
		keeps(t, method+" "+path, []byte(answer))
		return answer
	}
	ten := map[string]string{"amount": "10.00", "currency": "EUR"}

	asks("POST", "/v1/debtor/questions", 201, map[string]any{"said": "Who delivers?"})
	asks("POST", "/v1/debtor/complaints", 201, map[string]any{"said": "Too many letters."})
	asks("POST", "/v1/debtor/disputes", 201, map[string]any{"deal_id": s.deal, "amount": ten, "reason": "damaged", "said": "wet boxes"})
	asks("POST", "/v1/debtor/preferences", 201, map[string]any{"mode": "each", "opted_out": []string{"phone"}})
	asks("POST", "/v1/debtor/preferences", 422, map[string]any{"mode": "each", "opted_out": []string{}})
	asks("POST", "/v1/debtor/promises", 201, map[string]any{"deal_id": s.deal, "amount": ten, "on": "2026-03-06"})
	asks("POST", "/v1/debtor/payments", 201, map[string]any{"deal_id": s.deal, "amount": ten, "on": "2026-02-26"})
	asks("POST", "/v1/debtor/plans", 201, map[string]any{"deal_id": s.deal, "reason": "cash_flow", "said": "slow season", "count": 2, "first_on": "2026-03-10"})
	asks("POST", "/v1/debtor/not-received", 201, map[string]any{"deal_id": s.deal})
	asks("POST", "/v1/debtor/confirm", 404, map[string]any{"code": "7K3MPQ2X"})
	asks("POST", "/v1/debtor/proof", 404, map[string]any{"said": "Prove it."})
	asks("GET", "/v1/debtor/proof", 404, nil)
	asks("POST", "/v1/debtor/cards", 404, map[string]any{"deal_id": s.deal, "amount": ten})
	var disputes, questions struct {
		Data []struct{ ID, Said string }
	}
	s.must(s.eastbrook.get(ctx, "/v1/cases/"+s.kase+"/disputes", &disputes))
	s.must(s.eastbrook.get(ctx, "/v1/cases/"+s.kase+"/questions", &questions))
	dispute, question := disputes.Data[0].ID, ""
	for _, q := range questions.Data {
		if q.Said == "Who delivers?" {
			question = q.ID
		}
	}

	for name, wrong := range map[string]struct {
		by   *client
		path string
		body map[string]any
	}{
		"the factor names itself":        {s.eastbrook, "/v1/questions/" + question + "/answer", map[string]any{"answer": "Please ask  QUILLFEATHER capital."}},
		"the factor says what it is":     {s.eastbrook, "/v1/questions/" + question + "/answer", map[string]any{"answer": "The invoice was sold to us."}},
		"as it understood":               {s.eastbrook, "/v1/questions/" + question + "/answer", map[string]any{"answer": "By van.", "understood": "You ask whether Quillfeather Capital delivers."}},
		"a note of the factor's":         {s.eastbrook, "/v1/disputes/" + dispute + "/notes", map[string]any{"said": "Quillfeather Capital will look."}},
		"a note of the seller's":         {s.alice.client, "/v1/disputes/" + dispute + "/notes", map[string]any{"said": "Quillfeather Capital will look."}},
		"the seller's answer to a claim": {s.alice.client, "/v1/disputes/" + dispute + "/answer", map[string]any{"position": "rejects", "said": "We asked Quillfeather Capital."}},
	} {
		if err := wrong.by.post(ctx, wrong.path, wrong.body, nil); code(err) != "invalid" {
			t.Errorf("%s: %v", name, err)
		}
	}
	s.must(s.eastbrook.post(ctx, "/v1/questions/"+question+"/answer", map[string]any{"answer": "The van of Tuesday."}, nil))
	s.must(s.alice.post(ctx, "/v1/disputes/"+dispute+"/notes", map[string]any{"said": "We sold you ten boxes."}, nil))
	s.must(s.eastbrook.post(ctx, "/v1/disputes/"+dispute+"/notes", map[string]any{"said": "The carrier was asked."}, nil))
	s.must(s.alice.post(ctx, "/v1/disputes/"+dispute+"/answer", map[string]any{"position": "partly", "credit": map[string]string{"amount": "5.00", "currency": "EUR"}, "said": "Half of them were ours."}, nil))

	author := []byte("%PDF-1.4\n1 0 obj<</Author(Quillfeather Capital)>>endobj\n%%EOF")
	if response, answer := s.hand(s.eastbrook, dispute, "proof.txt", "text/plain", []byte("Quillfeather Capital called.")); response.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a text that names the factor: %d %s", response.StatusCode, answer)
	}
	if response, answer := s.hand(s.eastbrook, dispute, "proof.pdf", "application/pdf", author); response.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a PDF that names its author: %d %s", response.StatusCode, answer)
	}
	if response, answer := s.hand(s.eastbrook, dispute, "quillfeather-capital.txt", "text/plain", []byte("called the carrier")); response.StatusCode != http.StatusCreated {
		t.Errorf("a file by a telling name: %d %s", response.StatusCode, answer)
	}
	s.quiet() // what is tampered with below stays out of letters that leave later, and these have to be read
	run(`UPDATE evidence SET file_name = 'Quillfeather Capital.txt' WHERE side = 'factor'`)
	run(`UPDATE dispute_notes SET said = said || ' Quillfeather Capital knows.' WHERE side <> 'debtor'`)
	run(`UPDATE disputes SET answer = answer || ' So says Quillfeather Capital.'`)
	run(`UPDATE questions SET answer = answer || ' Ask desk@QUILLFEATHER.example.' WHERE answer IS NOT NULL`)
	run(`UPDATE bank_accounts SET holder = 'Alice GmbH for Quillfeather Capital' WHERE held_by IS NOT NULL`)

	var statement struct {
		Factor   *string
		Disputes []struct{ Notes []struct{ Side, Said string } }
		Invoices []struct {
			NoticeOn *string `json:"notice_on"`
			Account  struct{ Holder, IBAN *string }
		}
	}
	s.must(json.Unmarshal([]byte(asks("GET", "/v1/debtor/statement", 200, nil)), &statement))
	if i := statement.Invoices[0]; statement.Factor != nil || i.NoticeOn != nil || i.Account.IBAN != nil || i.Account.Holder == nil || *i.Account.Holder != "Alice GmbH" {
		t.Errorf("the statement is %+v", statement)
	}
	keeps(t, "the calendar", []byte(strings.ReplaceAll(asks("GET", "/v1/debtor/calendar", 200, nil), "\r\n ", "")))
	for _, note := range statement.Disputes[0].Notes {
		if note.Side != "seller" {
			t.Errorf("a note stands there as the %s's", note.Side)
		}
	}
	var files struct{ Data []evidence }
	s.must(json.Unmarshal([]byte(asks("GET", "/v1/debtor/disputes/"+dispute+"/evidence", 200, nil)), &files))
	if len(files.Data) != 1 || files.Data[0].By != "seller" {
		t.Fatalf("the files are %+v", files.Data)
	}
	download := "/v1/debtor/evidence/" + files.Data[0].ID + "/file"
	response, content := s.fetch(t, http.MethodGet, download, nil, func(r *http.Request) { r.Header.Set("Authorization", "Link "+token) })
	keeps(t, download, content)
	for name, values := range response.Header {
		keeps(t, name+" of a file", []byte(strings.Join(values, " ")))
	}
	if response, answer := s.handByLink(token, dispute, []byte("called the carrier")); response.StatusCode != http.StatusOK {
		t.Errorf("the same bytes by the debtor: %d %s", response.StatusCode, answer)
	} else {
		keeps(t, "the same bytes", answer)
	}
	asks("POST", "/v1/debtor/disputes/"+dispute+"/notes", 201, map[string]any{"said": "Thank you."})
	asks("POST", "/v1/debtor/disputes/"+dispute+"/agree", 200, nil)
	s.walked(t, link)

	s.until("2026-02-27", "2026-03-10")
	s.arrives("2026-03-11", 999_500, "Rechnung 112 vom 2. Februar")
	s.until("2026-03-12", "2026-03-20")
	s.walked(t, link)
	s.mailed(t)

	for kind, want := range map[string]int{"statement": 200, "introduction": 409, "notice": 409, "formal_demand": 409, "release": 409} {
		response, answer := s.printed(s.alice.client, kind)
		if response.StatusCode != want {
			t.Errorf("%s: %d %.300s, want %d", kind, response.StatusCode, answer, want)
		}
		if want == http.StatusOK {
			keeps(t, "the "+kind+" on paper", answer)
		}
	}
}

// handByLink attaches a text as the debtor does.
func (s *quietScene) handByLink(token, dispute string, content []byte) (*http.Response, []byte) {
	s.t.Helper()
	return s.fetch(s.t, http.MethodPost, "/v1/debtor/disputes/"+dispute+"/evidence?file_name=mine.txt", content, func(r *http.Request) {
		r.Header.Set("Authorization", "Link "+token)
		r.Header.Set("Content-Type", "text/plain")
		r.Header.Set("Idempotency-Key", uuid.NewString())
	})
}

// walked opens every page that a link leads to, in five languages.
func (s *quietScene) walked(t *testing.T, link string) {
	t.Helper()
	start := strings.TrimPrefix(link, s.serving.URL)
	seen := map[string]bool{}
	for _, tongue := range []string{"en", "es", "fr", "de", "pt"} {
		todo := []string{start + "?lang=" + tongue, start + "/policy?lang=" + tongue}
		for len(todo) > 0 {
			address := todo[0]
			if todo = todo[1:]; seen[address] {
				continue
			}
			seen[address] = true
			response, body := s.fetch(t, http.MethodGet, address, nil, nil)
			keeps(t, address, body)
			if response.StatusCode != http.StatusOK && !strings.Contains(address, "/document") {
				t.Errorf("%s: %d", address, response.StatusCode)
			}
			for found := range strings.SplitSeq(string(body), `href="`) {
				next, _, _ := strings.Cut(html.UnescapeString(found), `"`)
				if strings.HasPrefix(next, start) && strings.Contains(next, "lang="+tongue) {
					todo = append(todo, next)
				}
			}
		}
	}
	if len(seen) < 30 {
		t.Errorf("only %d pages were seen: %v", len(seen), seen)
	}
}

// mailed reads every mail that the debtor got.
func (s *quietScene) mailed(t *testing.T) {
	t.Helper()
	var seller struct{ Email string }
	s.must(s.data.Owner(t).QueryRowContext(t.Context(), `SELECT email FROM organizations WHERE name = 'Alice GmbH'`).Scan(&seller.Email))
	names, err := filepath.Glob(filepath.Join(s.app.config.DataDir, "mail", "*.eml"))
	s.must(err)
	got := 0
	for _, name := range names {
		data, err := os.ReadFile(name)
		s.must(err)
		to, whole := wholeMail(t, data)
		if !strings.Contains(to, s.debtor) {
			continue
		}
		got++
		keeps(t, "a mail", data)
		keeps(t, "a mail, decoded", []byte(whole))
		if !strings.Contains(whole, `From: "Alice GmbH accounts" <`+seller.Email+">") || !strings.Contains(whole, "Alice GmbH accounts\n") {
			t.Errorf("a mail is not from the seller's accounts:\n%s", whole)
		}
	}
	if got < 7 {
		t.Errorf("only %d mails reached the debtor", got)
	}
}
