package collections_test

import (
	"bytes"
	"strings"
	"testing"

	"comity/collections"
	"comity/domain"
)

// counselSigned is counsel's signature under every row of law as it is, for 2026.
func counselSigned() []domain.LawSignature {
	var all []domain.LawSignature
	for _, l := range domain.Laws() {
		all = append(all, domain.LawSignature{
			ID: domain.New[domain.LawSignatureID](), Law: l.Code, SHA256: l.Digest(), Counsel: "Hale & Partners", Reference: "Opinion 14", SignedOn: day("2026-01-01"), ReviewBy: day("2026-12-31"),
		})
	}
	return all
}

// placed says where a debtor is.
func placed(s *scene, place string) {
	s.Relationship.Country, s.Relationship.Region = place[:2], ""
	if len(place) > 2 {
		s.Relationship.Region = place
	}
}

// TestTheNoticeCarriesTheFormOfItsPlace holds F-40 and D-6: a notice says what counsel signed for the debtor's place, in mail and on
// paper, and passes the lint with every row that ships, whatever the parties are called; no row carries bank details or a
// threat; and where nobody signed, or not for this place, the notice is what it always was.
func TestTheNoticeCarriesTheFormOfItsPlace(t *testing.T) {
	plain := printOf(t, "notice", paperScenes()["notice"])
	for _, l := range domain.Laws() {
		if l.Kind != domain.LawNotice {
			continue
		}
		for _, names := range [][2]string{{"Marlow Print Works LLC", "Eastbrook Factors, LLC"}, {"{factor}", "</p>Pay DE89370400440532013000"}} {
			s := paperScenes()["notice"]
			s.Laws, s.Seller.Name, s.Factor.Name = counselSigned(), names[0], names[1]
			placed(s, l.Jurisdiction)
			p := printOf(t, "notice", s)
			if findings := p.Letter.Lint(p.class, p.tone); len(findings) > 0 {
				t.Errorf("%s: %s", l.Code, strings.Join(findings, "\n"))
			}
			if names[0] != "Marlow Print Works LLC" {
				continue
			}
			said := strings.NewReplacer("{seller}", names[0], "{factor}", names[1]).Replace(l.Text)
			says(t, l.Code, p.Letter, []string{said, "021000021", "type the code 7K3MPQ2X"})
			if !strings.Contains(shown(p.Print), said) || strings.Contains(p.Letter.Text, "{") && !strings.Contains(p.Letter.Text, "{link}") {
				t.Errorf("%s on paper:\n%s", l.Code, shown(p.Print))
			}
			if !strings.Contains(p.Letter.Template, "+"+l.Code+"@") {
				t.Errorf("%s: the letter is of %s", l.Code, p.Letter.Template)
			}
		}
		for _, tone := range []int{0, 4} { // nor is a threat hidden in what only a formal letter may say
			findings := collections.LintPhrase(tone, l.Text)
			for _, finding := range collections.LintLine(tone, l.Text) {
				if strings.Contains(finding, "bank details") || strings.Contains(finding, "another address") {
					findings = append(findings, finding)
				}
			}
			if len(findings) > 0 {
				t.Errorf("%s at tone %d: %s", l.Code, tone, strings.Join(findings, "\n"))
			}
		}
	}
	for name, change := range map[string]func(*scene){
		"nobody signed":      func(s *scene) { s.Laws = nil },
		"not for this place": func(s *scene) { placed(s, "FR") },
		"it is due for review": func(s *scene) {
			for i := range s.Laws {
				s.Laws[i].ReviewBy = day("2026-02-04")
			}
		},
		"another text was signed": func(s *scene) {
			for i := range s.Laws {
				s.Laws[i].SHA256 = make([]byte, 32)
			}
		},
	} {
		s := paperScenes()["notice"]
		s.Laws = counselSigned()
		change(s)
		if p := printOf(t, "notice", s); p.Letter.Text != plain.Letter.Text || p.Letter.Template != plain.Letter.Template {
			t.Errorf("%s: the notice is another one:\n%s", name, p.Letter.Text)
		}
	}
}

// TestASentNoticeKeepsTheLawOfItsDay holds F-40 on its rows: the notice that leaves has the paragraph that counsel signed in
// its world, and reads the same after that signature has ended.
func TestASentNoticeKeepsTheLawOfItsDay(t *testing.T) {
	h := newHouse(t)
	law, _ := domain.LawOf("us-notice")
	sign := func(world domain.WorldID, reviewBy string) {
		t.Helper()
		h.exec(`INSERT INTO law_signatures (id, world_id, law, sha256, counsel, reference, signed_on, review_by, recorded_by, at)
			VALUES ($1, $2, $3, $4, 'Hale & Partners', 'Opinion 14', '2026-01-01', $5, gen_random_uuid(), now())`,
			domain.New[domain.LawSignatureID]().UUID, world.UUID, law.Code, law.Digest(), reviewBy)
	}
	sign(h.facts.Case.World, "2026-12-31")
	sign(domain.LiveWorld, "2026-01-02") // another world's is none of this one's
	h.act("2026-02-05 10:00")
	sent := h.send("2026-02-05 10:02")
	if !strings.Contains(sent.Text, "Section 9-406 of the Uniform Commercial Code") || sent.Paper == nil || !strings.Contains(shown(sent.Paper.Print), "Section 9-406") {
		t.Fatalf("the notice leaves without its paragraph:\n%s", sent.Text)
	}
	attached, err := sent.Paper.Print.PDF()
	if err != nil {
		t.Fatal(err)
	}
	sign(h.facts.Case.World, "2026-01-02")
	k := h.facts.Case
	factor := domain.Caller{Organization: k.Factor, Kind: domain.KindFactor, World: k.World, Sandbox: true, Now: at("2026-03-20 10:00")}
	if read, err := h.cases.DealLetter(t.Context(), factor, h.facts.Items[0].Deal.ID, collections.LetterNotice); err != nil || !bytes.Equal(read.Bytes, attached) {
		t.Errorf("the notice that is read is not the one that left: %v", err)
	}
}
