package portal_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"comity/domain"
	"comity/money"
	"comity/portal"
)

// ofASale are the words by which a debtor would know, in each language.
var ofASale = map[string]*regexp.Regexp{
	"en": regexp.MustCompile(`(?i)quillfeather|comity|factor|assign|\bbought\b|\bsold\b|purchase|\bnotices?\b|\bfinanc`),
	"es": regexp.MustCompile(`(?i)quillfeather|comity|factor|cesi[oó]n|cedid|comprad|vendid|\bavisos?\b|\bfinanci`),
	"fr": regexp.MustCompile(`(?i)quillfeather|comity|factor|affactur|cession|\bcéd|acheté|vendu|\bavis\b|notification|\bfinanc`),
	"de": regexp.MustCompile(`(?i)quillfeather|comity|factor|faktor|abtret|abgetret|gekauft|verkauft|\banzeige\b|\bfinanz`),
	"pt": regexp.MustCompile(`(?i)quillfeather|comity|factor|cess[aã]o|cedid|comprou|comprad|vendid|\bavisos?\b|\bfinanc`),
}

// neverShown are the phrases of what a debtor that is not told is not offered: a code, cards, a neutral person,
// somebody external and the proof of a sale. The pages below prove that they do not show them.
var neverShown = regexp.MustCompile(`/(Code\w*|DoneConfirm|Card\w*|RestsCard|Mediat\w*|PolicyMediation|PolicyOutside|PolicyProtective|PolicyTravels|ProofLetter|Outside\w*|Refusals/wrong-code|DoneMediat\w*)$`)

// TestTheQuietWordsAreCompleteAndTellNothing holds F-44 and D-24 for the words of the pages: each language says the same
// phrases in the seller's voice, with the same names in them, and none speaks of a factor, a sale or a notice.
func TestTheQuietWordsAreCompleteAndTellNothing(t *testing.T) {
	loud, quiet := portal.Phrases(), portal.QuietPhrases()
	if len(quiet) != len(loud) {
		t.Fatalf("%d languages, want %d", len(quiet), len(loud))
	}
	changed := map[string][]string{}
	for tag, phrases := range quiet {
		for i, p := range phrases {
			named, want := placeholder.FindAllString(p.Text, -1), placeholder.FindAllString(quiet["en"][i].Text, -1)
			slices.Sort(named)
			slices.Sort(want)
			if p.Text == "" || !cmp.Equal(slices.Compact(named), slices.Compact(want)) {
				t.Errorf("%s: %s names %v, want %v", tag, p.Name, named, want)
			}
			if p.Text != loud[tag][i].Text {
				changed[tag] = append(changed[tag], p.Name)
				if strings.ContainsAny(p.Text, "\"'!") {
					t.Errorf("%s: %s has a typewriter's quotation mark, or shouts: %s", tag, p.Name, p.Text)
				}
			}
			if found := ofASale[tag].FindString(p.Text); found != "" && !neverShown.MatchString(p.Name) {
				t.Errorf("%s: %s says %q: %s", tag, p.Name, found, p.Text)
			}
		}
	}
	for tag := range quiet {
		if diff := cmp.Diff(changed["en"], changed[tag]); diff != "" {
			t.Errorf("%s says other phrases in the seller's voice (-en +%s):\n%s", tag, tag, diff)
		}
	}
}

// quietSite is a site of a debtor that is not told, with something of everything that can be talked about.
func quietSite() *site {
	s := newSite()
	s.link.Verbs = domain.Confidential.Verbs()
	p := &s.page
	p.Disclosure, p.Factor, p.FactorEmail, p.SellerEmail = domain.Confidential, "Quillfeather Capital", "desk@quillfeather.example", "accounts@marlow.example"
	p.InRow, p.MayBeAsked, p.Recipient = 7, true, "dana@harborpine.example"
	p.Items[0].NoticeOn, p.Items[0].HasDocument, p.Items[0].Account.Holder = domain.Date{}, true, p.Seller
	dispute := domain.Dispute{Deal: s.deal, Amount: money.Minor(100_000, "USD"), Offered: money.Minor(60_000, "USD"), Credited: money.Minor(0, "USD"), Reason: domain.DisputeDamaged, Said: "wet", RaisedAt: now}
	for _, change := range []func(*domain.Dispute){
		func(*domain.Dispute) {},
		func(d *domain.Dispute) {
			d.Status, d.Position, d.Answer, d.AnsweredAt = domain.DisputeAnswered, domain.PositionPartly, "two were ours", now
		},
		func(d *domain.Dispute) {
			d.Status, d.Position, d.AnsweredAt = domain.DisputeAnswered, domain.PositionAccepts, now
		},
		func(d *domain.Dispute) {
			d.Status, d.Position, d.AnsweredAt = domain.DisputeAnswered, domain.PositionRejects, now
		},
		func(d *domain.Dispute) { d.Status, d.AgreedAt, d.AnsweredAt = domain.DisputeAnswered, now, now },
		func(d *domain.Dispute) { d.Status, d.Outcome = domain.DisputeResolved, domain.OutcomeGivenBack },
		func(d *domain.Dispute) { d.Status, d.Outcome = domain.DisputeResolved, domain.OutcomeWithdrawn },
		func(d *domain.Dispute) {
			d.Status, d.Outcome, d.Credited = domain.DisputeResolved, domain.OutcomePartCredited, money.Minor(20_000, "USD")
		},
		func(d *domain.Dispute) { d.Status, d.Outcome = domain.DisputeResolved, domain.OutcomePayable },
	} {
		one := dispute
		one.ID, one.Status = domain.New[domain.DisputeID](), domain.DisputeOpen
		change(&one)
		p.Disputes = append(p.Disputes, one)
		for _, side := range []string{"debtor", "seller", "factor"} {
			p.Notes = append(p.Notes, domain.Note{Dispute: one.ID, Side: side, Said: "noted", At: now})
		}
	}
	for _, status := range []domain.PlanStatus{domain.PlanRequested, domain.PlanProposed, domain.PlanOffered, domain.PlanActive, domain.PlanKept, domain.PlanBroken, domain.PlanDeclined} {
		p.Plans = append(p.Plans, domain.Plan{
			ID: domain.New[domain.PlanID](), Deal: s.deal, Status: status, Total: money.Minor(300_000, "USD"), AnswerBy: domain.MustDate("2030-01-01"),
			Instalments: []domain.Instalment{{N: 1, DueOn: domain.MustDate("2026-04-01"), Amount: money.Minor(300_000, "USD")}}, Forgiven: money.Minor(100, "USD"),
		})
	}
	for _, topic := range []domain.Topic{"", domain.TopicMissing, domain.TopicContact, domain.TopicComplaint} {
		p.Questions = append(p.Questions, domain.Question{Deal: s.deal, Topic: topic, Said: "why", AskedAt: now}, domain.Question{Topic: topic, Said: "why", AskedAt: now, Answer: "because", AnsweredAt: now})
	}
	for _, code := range []domain.HoldCode{domain.HoldPaidOrPending, domain.HoldPromise, domain.HoldDisputed, domain.HoldQuery, domain.HoldPlan} {
		p.Holds = append(p.Holds, domain.Hold{Deal: s.deal, Code: code, Amount: money.Minor(1_000, "USD"), CreatedAt: now})
	}
	p.Promises = []domain.Promise{{Deal: s.deal, Status: domain.PromiseActive, Amount: money.Minor(1_000, "USD"), PromisedOn: domain.MustDate("2026-03-20"), MadeAt: now}}
	p.Letters = []domain.DebtorLetter{{Recipient: "dana@harborpine.example", At: now, Items: []domain.DealID{s.deal}}}
	return s
}

// TestThePagesOfADebtorThatIsNotToldKnowNoFactor walks every page, every form and every refusal in five languages and
// holds F-44 and D-24: they are the supplier's, and nothing of them names the factor or speaks of a sale.
func TestThePagesOfADebtorThatIsNotToldKnowNoFactor(t *testing.T) {
	for tag, hint := range ofASale {
		t.Run(tag, func(t *testing.T) {
			s := quietSite()
			seen := 0
			look := func(path string, status int, body string) {
				t.Helper()
				seen++
				text := html.UnescapeString(body)
				if found := hint.FindString(text); status == http.StatusInternalServerError || found != "" {
					t.Errorf("%s (%d) says %q:\n%s", path, status, found, text)
				}
				if strings.Contains(body, "<footer>") && (!strings.Contains(text, "Marlow Print Works LLC · accounts@marlow.example") || !strings.Contains(text, `<p class="brand">Marlow Print Works LLC</p>`)) {
					t.Errorf("%s is not the seller's:\n%s", path, text)
				}
			}
			get := func(where string) string {
				w := s.get(s.path() + where)
				look(where, w.Code, w.Body.String())
				return w.Body.String()
			}
			lang := "lang=" + tag
			page := get("?" + lang)
			nonce := nonceField.FindStringSubmatch(get("/question?" + lang))[1]
			get("/policy?" + lang)
			get("/pay?deal=" + s.deal.String() + "&" + lang)
			for link := range strings.SplitSeq(page, `href="`) {
				if address, _, _ := strings.Cut(html.UnescapeString(link), `"`); strings.HasPrefix(address, s.path()+"/") && !strings.Contains(address, "/document") {
					w := s.get(address)
					look(address, w.Code, w.Body.String())
				}
			}
			for _, verb := range append(domain.Confidential.Verbs(), "dispute/agree", "dispute/note", "plan/accept", "plan/decline") {
				get("?done=" + verb + "&" + lang)
				for _, refusal := range []error{
					nil, domain.ErrWrongState, domain.ErrConflict, domain.ErrThrottled, domain.ErrMoreThanOpen, domain.ErrPromiseTooFar, domain.ErrPromiseOpen, domain.ErrKeyReused, domain.ErrUnavailable,
					domain.ErrInvalid.At("/email", "code-needed", "x"), domain.ErrInvalid.At("/said", "empty", "x"), domain.ErrInvalid.At("/x", "something-new", "x"),
				} {
					s.refuse = refusal
					form := url.Values{
						"nonce": {nonce}, "deal": {s.deal.String()}, "currency": {"USD"}, "amount": {"10.00"}, "day": {"2026-03-20"}, "said": {"x"}, "reason": {"other"}, "count": {"3"}, "every": {"month"},
						"mode": {"each"}, "email": {"yes"}, "phone": {"yes"}, "mistake": {"person"}, "ease": {"yes"}, "dispute": {s.page.Disputes[1].ID.String()}, "plan": {s.page.Plans[2].ID.String()},
					}
					w := s.post(s.path()+"/"+verb+"?"+lang, form)
					look("POST "+verb, w.Code, w.Body.String())
				}
			}
			s.refuse = nil
			for _, where := range []string{"confirm", "proof", "card", "dispute/mediate?dispute=" + s.page.Disputes[3].ID.String()} {
				if w := s.get(s.path() + "/" + where); w.Code != http.StatusNotFound {
					t.Errorf("%s is offered: %d", where, w.Code)
				}
			}
			if seen < 200 {
				t.Errorf("only %d pages were seen", seen)
			}
		})
	}
}

// TestFilesOnAQuietPage holds F-44: what the factor attached stands there as the seller's.
func TestFilesOnAQuietPage(t *testing.T) {
	s := quietSite()
	s.page.Disputes = s.page.Disputes[:1]
	id := s.page.Disputes[0].ID
	s.files = []domain.Evidence{{ID: domain.New[domain.EvidenceID](), Dispute: id, Side: "factor", FileName: "delivery.pdf", MediaType: "application/pdf", At: now}}
	body := html.UnescapeString(s.get(s.path() + "/disputes/" + id.String()).Body.String())
	if !strings.Contains(body, "PDF · Marlow Print Works LLC ·") || ofASale["en"].MatchString(body) {
		t.Errorf("the file is not the seller's:\n%s", body)
	}
}

// TestWhatIsNotAskedForIsSaid holds D-26 and C-24 on the page: who could ask for interest and does not is named in every
// language, and to a debtor that is not told of a sale it is its supplier.
func TestWhatIsNotAskedForIsSaid(t *testing.T) {
	for tag, phrases := range portal.Phrases() {
		s, q, words := newSite(), quietSite(), map[string]string{}
		for _, p := range phrases {
			words[p.Name] = p.Text
		}
		label, said := words["/LatePayment"], strings.ReplaceAll(words["/LateWaived"], "{name}", s.page.Seller)
		read := func(of *site) string { return html.UnescapeString(of.get(of.path() + "?lang=" + tag).Body.String()) }
		if strings.Contains(read(s), label) {
			t.Errorf("%s: interest is mentioned though nobody waived any", tag)
		}
		s.page.Items[0].LateWaived, q.page.Items[0].LateWaived = domain.LateSeller, domain.LateFactor
		for name, body := range map[string]string{"told": read(s), "not told": read(q)} {
			if !strings.Contains(body, label) || !strings.Contains(body, said) {
				t.Errorf("%s, %s: the page does not say %q", tag, name, said)
			}
		}
	}
}
