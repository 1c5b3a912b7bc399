package collections_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"comity/collections"
	"comity/domain"
	"comity/formats"
)

var papers = flag.String("papers", "", "a folder: the letters on paper are written into it, read by pdftotext and drawn by pdftoppm")

// A print is a letter on paper and how it came to be.
type print struct {
	collections.Paper
	tone  int
	class domain.MessageClass // of a message that is also printed
}

// printOf prints a letter of a kind in a scene.
func printOf(t *testing.T, kind string, s *scene) print {
	t.Helper()
	deals := s.act.Items
	var paper collections.Paper
	var err error
	switch kind {
	case collections.LetterIntroduction:
		paper, err = collections.Introduce(s.CaseFacts, deals)
	case collections.LetterStatement:
		paper, err = collections.StateAccount(s.CaseFacts, deals)
	case collections.LetterProof:
		var sales []domain.Sale
		for _, id := range deals {
			sales = append(sales, domain.Sale{Deal: id, Seller: "Marla Marlow", Buyer: "Ana Collins", OfferedAt: at("2026-02-03 16:00"), Looked: len(sales) == 0})
		}
		paper, err = collections.Prove(s.CaseFacts, deals, sales)
	case collections.LetterRelease:
		paper, err = collections.ReleaseUndone(s.CaseFacts, deals)
	default:
		if kind == collections.LetterAgreement || kind == "release_given_back" {
			s.act = *collections.Next(s.CaseFacts).Act
		}
		letter := s.write(t)
		paper, err = collections.Printed(s.CaseFacts, domain.Touch{
			Class: s.act.Class, Tone: s.act.Tone, Subject: letter.Subject, Text: letter.Text, HTML: letter.HTML, ClaimedAt: s.Now, Template: letter.Template,
		})
		if err != nil {
			t.Fatal(err)
		}
		paper.Letter = letter
		return print{paper, s.act.Tone, s.act.Class}
	}
	if err != nil {
		t.Fatal(err)
	}
	return print{paper, 0, "printed"}
}

// paperScenes are the letters on paper as most debtors would get them.
func paperScenes() map[string]*scene {
	scenes := map[string]*scene{}
	for kind, template := range map[string]string{
		"introduction": "notice", "notice": "notice", "statement": "clear_ask", "formal_demand": "formal_demand", "release": "new_timeline", "proof": "clear_ask",
	} {
		scenes[kind] = sceneOf(template, map[string]int{"formal_demand": 4, "statement": 3, "release": 2, "proof": 3}[kind])
		scenes[kind].wrote("2026-02-05 10:00", "2026-03-09 09:30", "2026-03-16 09:30")
	}
	s := scenes["statement"]
	second := s.also("MP-1043", "2026-03-10")
	second.Deal.Open, second.Deal.Credited = usd(600_000), usd(100_000)
	s.also("MP-1050", "2026-05-29")
	s.dispute(100_000)
	s.Holds = append(s.Holds, domain.Hold{Deal: s.act.Items[1], Code: domain.HoldPromise, Amount: usd(200_000), Until: at("2026-04-20 00:00")})
	s.Promises = []domain.Promise{{Deal: s.act.Items[1], Status: domain.PromiseActive, Amount: usd(200_000), PromisedOn: day("2026-04-16")}}
	scenes["proof"].also("MP-1043", "2026-03-10")
	scenes["notice"].also("MP-1043", "2026-03-06").OrderReference = ""
	scenes["release"].Items[0].Deal.Open = usd(80_000)
	scenes["agreement"] = &scene{CaseFacts: changed(domain.UpdatePlanActive)}
	scenes["release_given_back"] = &scene{CaseFacts: changed(domain.UpdateReleased)}
	for _, s := range scenes {
		s.Relationship.Address = "12 Long Quay\nThird floor\nPortland, ME 04101"
	}
	return scenes
}

// TestLettersOnPaper shows the seven letters as they are read, and holds C-41, C-58, C-63, C-74,
// D-5, D-6 and D-24 for them: the introduction is the seller's and has no account, the notice is from both and has
// it, no other letter has one, and each says in the same words in whose name it speaks. It holds F-40, and F-41 for
// the proof, which names no account, no price and no terms.
func TestLettersOnPaper(t *testing.T) {
	const voice = "Eastbrook Factors, LLC, which ha" // has bought, or had
	both := "Marlow Print Works LLC, Eastbrook Factors, LLC"
	for kind, want := range map[string]struct {
		from string
		must []string
	}{
		"introduction": {"Marlow Print Works LLC", []string{"a notice that Eastbrook Factors, LLC and we sign together", "call us on the number that you already have", "Nothing else changes"}},
		"notice":       {both, []string{"021000021", "4410023317", "on the number that you already have", "type the code 7K3MPQ2X", "MP-1042", "MP-1043"}},
		"statement": {"Eastbrook Factors, LLC", []string{
			"USD 30,000.00", "Received USD 3,000.00", "Credited, forgiven or given back USD 1,000.00", "USD 26,000.00", "Of this, resting", "USD 3,000.00", "USD 1,000.00 of invoice MP-1042: you do not agree to it", "USD 2,000.00 of invoice MP-1043: you named 16 April 2026 for it",
			"in our notice of 5 February",
		}},
		"agreement": {"Eastbrook Factors, LLC", []string{
			"Friday 27 March 2026", "Friday 10 April 2026", "Friday 24 April 2026", "USD 10,000.00", "No interest while these dates are kept", "Tell us early if one will slip", "You may pay sooner",
			"in our notice of 5 February",
		}},
		"formal_demand": {"Eastbrook Factors, LLC", []string{"This is a formal demand for USD 10,000.00", "The way back is open", "Thursday 30 April 2026"}},
		"proof": {"Eastbrook Factors, LLC", []string{
			"It confirms what our notice said", "MP-1042", "MP-1043", "USD 10,000.00", "Marla Marlow", "Ana Collins, offered 3 February 2026", "Ana Collins, offered by a standing offer, 3 February 2026",
			"Nothing else was sold", "call Marlow Print Works LLC on the number that you already have", "in our notice of 5 February", "This letter names none, and asks for nothing",
		}},
		"release": {both, []string{"has no further claim on", "Please do not pay Eastbrook Factors, LLC", "USD 800.00", "is between you and Marlow Print Works LLC", "gave it back, and"}},
		"release_given_back": {both, []string{
			"has no further claim on USD 1,800.00 of invoice MP-1042", "Please do not pay Eastbrook Factors, LLC", "is between you and Marlow Print Works LLC", "and for Marlow Print Works LLC",
		}},
	} {
		t.Run(kind, func(t *testing.T) {
			p := printOf(t, kind, paperScenes()[kind])
			says(t, kind, p.Letter, append(want.must, voice))
			if findings := p.Letter.Lint(p.class, p.tone); len(findings) > 0 {
				t.Errorf("lint: %s", strings.Join(findings, "\n"))
			}
			var from []string
			for _, head := range p.Print.From {
				from = append(from, head.Name)
			}
			if got := strings.Join(from, ", "); got != want.from {
				t.Errorf("it is from %s, want %s", got, want.from)
			}
			for _, number := range []string{"021000021", "4410023317"} {
				if kind != "notice" && strings.Contains(p.Letter.Text, number) {
					t.Errorf("it names the account %s", number)
				}
			}
			golden(t, "paper_"+kind, shown(p.Print))
			checkPaper(t, kind, p.Paper)
		})
	}
}

// shown writes a letter on paper as a text.
func shown(l formats.Letter) string {
	var b strings.Builder
	for _, head := range l.From {
		fmt.Fprintf(&b, "%s (%s)\n", head.Name, strings.Join(head.Lines, ", "))
	}
	fmt.Fprintf(&b, "%s, %s\n\n%s\n\n%v\n\n%s\n", l.Paper, l.Day, strings.Join(l.To, "\n"), l.Facts, l.Subject)
	for _, part := range l.Parts {
		b.WriteString("\n")
		if part.Text != "" {
			b.WriteString(part.Text + "\n")
		}
		for _, row := range part.Rows {
			b.WriteString(strings.Join(row, " | ") + "\n")
		}
	}
	return b.String() + "\n" + l.Footer + "\n"
}

// checkPaper prints a letter twice, and has it read and drawn by other people's
// programs when the test is asked to.
func checkPaper(t *testing.T, name string, p collections.Paper) {
	t.Helper()
	first, err := p.Print.PDF()
	if err != nil {
		t.Fatal(err)
	}
	second, err := p.Print.PDF()
	if err != nil || !bytes.Equal(first, second) {
		t.Errorf("the same letter has other bytes when it is printed again (%v)", err)
	}
	if *papers == "" {
		return
	}
	for _, tool := range []string{"pdftotext", "pdftoppm"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Fatalf("%s is missing, and letters are read and drawn with it: apt-get install poppler-utils", tool)
		}
	}
	file := filepath.Join(*papers, name+".pdf")
	if err := os.WriteFile(file, first, 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), "pdftoppm", "-r", "80", "-png", file, strings.TrimSuffix(file, ".pdf")).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("pdftoppm: %v\n%s", err, out)
	}
	out, err := exec.CommandContext(t.Context(), "pdftotext", "-raw", file, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	read := wordsOnly(string(out))
	for _, part := range p.Print.Parts {
		for _, words := range append(rowsFlat(part.Rows), part.Text) {
			for _, word := range strings.Fields(words) {
				if !strings.Contains(read, wordsOnly(word)) {
					t.Errorf("pdftotext does not read %q", word)
				}
			}
		}
	}
}

func rowsFlat(rows [][]string) []string {
	var cells []string
	for _, row := range rows {
		cells = append(cells, row...)
	}
	return cells
}

// wordsOnly leaves out what stands between words, since a line may break anywhere, and letters
// that may be spelled.
func wordsOnly(text string) string {
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r > '~' {
			return -1
		}
		return r
	}, text)
}

// TestHostileNamesChangeNoLetterOnPaper holds D-6 and C-89 on paper: what others type makes no
// letter pass or fail, adds no part of its own, and stands on the printed page.
func TestHostileNamesChangeNoLetterOnPaper(t *testing.T) {
	names := append([]string{
		strings.Repeat("Very Long Name ", 40), "two\nlines", "\u202egnol", "👍 & Söhne", "漢字", "~ Signed for nobody", "> Pay here", "</p><span>x</span>", "<table><tr><td>1</td></tr></table>",
	}, hostile...)
	for kind := range paperScenes() {
		clean := printOf(t, kind, paperScenes()[kind])
		for _, name := range names {
			s := paperScenes()[kind]
			s.Seller.Name, s.Factor.Name, s.Relationship.Name, s.Relationship.ContactName = name, name, name, name
			for i := range s.Items {
				s.Items[i].Deal.InvoiceNumber, s.Items[i].Summary = name, name
			}
			p := printOf(t, kind, s)
			if findings := p.Letter.Lint(p.class, p.tone); len(findings) > 0 {
				t.Errorf("%s of %q: %s\n%s", kind, name, strings.Join(findings, "\n"), p.Letter.Text)
			}
			if got, want := form(p.Print), form(clean.Print); got != want {
				t.Errorf("%s of %q has the form %s, want %s", kind, name, got, want)
			}
			if kind == collections.LetterFormalDemand { // it has parts of every kind but facts, and printing takes its time
				checkPaper(t, "hostile", p.Paper)
			}
		}
	}
}

// form is which parts a letter has, and how many rows.
func form(l formats.Letter) string {
	var parts []string
	for _, part := range l.Parts {
		parts = append(parts, fmt.Sprint(part.Kind, len(part.Rows)))
	}
	return strings.Join(parts, " ")
}

// TestAPrintedMessageIsTheOneThatWasSent: what is stored is printed, part by part, whatever the
// books say by then.
func TestAPrintedMessageIsTheOneThatWasSent(t *testing.T) {
	for _, kind := range []string{"notice", "formal_demand"} {
		s := paperScenes()[kind]
		before := printOf(t, kind, s)
		letter := s.write(t)
		sent := domain.Touch{Class: s.act.Class, Tone: s.act.Tone, Subject: letter.Subject, Text: letter.Text, HTML: letter.HTML, ClaimedAt: s.Now}
		s.Items[0].Deal.Open, s.Now = usd(1), s.Now.AddDate(0, 2, 0)
		after, err := collections.Printed(s.CaseFacts, sent)
		if err != nil {
			t.Fatal(err)
		}
		if shown(after.Print) != shown(before.Print) {
			t.Errorf("the %s became another letter:\n%s", kind, shown(after.Print))
		}
		text := wordsOnly(letter.Subject + letter.Text)
		for _, part := range before.Print.Parts {
			for _, words := range append(rowsFlat(part.Rows), part.Text) {
				words = strings.TrimPrefix(strings.TrimPrefix(words, "Signed for "), "and for ")
				words, _, _ = strings.Cut(words, ": our message of")
				if !strings.Contains(text, wordsOnly(words)) {
					t.Errorf("on paper the %s says %q, and its text does not", kind, words)
				}
			}
		}
	}
}

// TestAStatementOfManyInvoicesOnPaper: 200 of them stand on several pages, and its sums are those of
// its rows.
func TestAStatementOfManyInvoicesOnPaper(t *testing.T) {
	s := sceneOf("clear_ask", 3)
	s.Relationship.Country = "DE"
	for i := range 199 {
		s.also(fmt.Sprintf("MP-%d", 2000+i), "2026-03-10").Deal.Open = usd(int64(i * 100))
	}
	p := printOf(t, collections.LetterStatement, s)
	if p.Print.Paper != formats.PaperA4 {
		t.Errorf("a letter to Germany is printed on %s", p.Print.Paper)
	}
	says(t, "the statement", p.Letter, []string{"USD 2,000,000.00", "USD 29,701.00", "MP-2198"}) // 10,000 and 0 to 198 dollars are open
	checkPaper(t, "statement_many", p.Paper)
}
