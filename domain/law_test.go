package domain_test

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"

	"comity/domain"
)

const counsel = "Hale & Partners"

// signed is counsel's signature under a row as it is, from February to June 2026.
func signed(l domain.Law) domain.LawSignature {
	return domain.LawSignature{
		ID: domain.New[domain.LawSignatureID](), Law: l.Code, SHA256: l.Digest(), Counsel: counsel, Reference: "Opinion 14",
		SignedOn: domain.MustDate("2026-02-01"), ReviewBy: domain.MustDate("2026-06-30"),
	}
}

func row(t *testing.T, code string) domain.Law {
	t.Helper()
	l, ok := domain.LawOf(code)
	if !ok {
		t.Fatalf("there is no row %s", code)
	}
	return l
}

// TestEveryRowOfLaw holds F-40 and F-43: the rows that ship have a code, a place, words and a source, the notice forms
// name nobody but factor and seller, and none of them counts before counsel signed.
func TestEveryRowOfLaw(t *testing.T) {
	laws, today := domain.Laws(), domain.MustDate("2026-03-01")
	if len(laws) < 6 || !slices.IsSortedFunc(laws, func(a, b domain.Law) int { return strings.Compare(a.Code, b.Code) }) {
		t.Errorf("%d rows, or not in order", len(laws))
	}
	place, code, holes := regexp.MustCompile(`^[A-Z]{2}(-[A-Z0-9]{1,3})?$`), regexp.MustCompile(`^[a-z]+(-[a-z]+)+$`), regexp.MustCompile(`\{[^}]*\}`)
	for i, l := range laws {
		if !place.MatchString(l.Jurisdiction) || !code.MatchString(l.Code) || l.Text == "" || l.Source == "" || i > 0 && laws[i-1].Code == l.Code {
			t.Errorf("%s lacks something: %+v", l.Code, l)
		}
		if !slices.Contains([]domain.LawEvidence{domain.LawPrimary, domain.LawSecondary, domain.LawMemory}, l.Evidence) {
			t.Errorf("%s: how sure is %q", l.Code, l.Evidence)
		}
		for _, hole := range holes.FindAllString(l.Text, -1) {
			if l.Kind != domain.LawNotice || hole != "{factor}" && hole != "{seller}" {
				t.Errorf("%s has %s", l.Code, hole)
			}
		}
		if state, _ := l.On(today, nil); state != domain.LawUnsigned {
			t.Errorf("%s ships %s", l.Code, state)
		}
	}
}

// TestASignatureIsOfExactlyThisText holds F-43 and C-9: a signature counts from its day until its last one, for the row as it is
// and no other, and the last one of a row counts alone.
func TestASignatureIsOfExactlyThisText(t *testing.T) {
	l := row(t, "gb-eng-assignment-override")
	s := signed(l)
	state := func(l domain.Law, day string, all ...domain.LawSignature) domain.LawState {
		state, _ := l.On(domain.MustDate(day), all)
		return state
	}
	for day, want := range map[string]domain.LawState{
		"2026-01-31": domain.LawUnsigned, "2026-02-01": domain.LawSigned, "2026-06-30": domain.LawSigned, "2026-07-01": domain.LawReviewDue,
	} {
		if got := state(l, day, s); got != want {
			t.Errorf("on %s it is %s, want %s", day, got, want)
		}
	}
	for name, change := range map[string]func(*domain.Law){
		"its words": func(l *domain.Law) { l.Text += " " }, "its place": func(l *domain.Law) { l.Jurisdiction = "GB" }, "its days": func(l *domain.Law) { l.From = domain.Date{} },
		"its debtors": func(l *domain.Law) { l.Debtors = nil }, "its sellers": func(l *domain.Law) { l.SmallSellers = false }, "its kind": func(l *domain.Law) { l.Kind = domain.LawNotice },
		"its source": func(l *domain.Law) { l.Source = "a rumour" },
	} {
		changed := l
		if change(&changed); state(changed, "2026-03-01", s) != domain.LawChanged {
			t.Errorf("with another %s it is %s", name, state(changed, "2026-03-01", s))
		}
	}
	ends := signed(l)
	ends.ReviewBy = domain.MustDate("2026-02-10")
	if got := state(l, "2026-03-01", ends, s); got != domain.LawReviewDue {
		t.Errorf("a later signature that ended: %s", got)
	}
	other := signed(row(t, "us-assignment-override"))
	if got := state(l, "2026-03-01", other); got != domain.LawUnsigned {
		t.Errorf("another row's signature: %s", got)
	}
}

// TestWhatLiftsAClause holds F-43: every contract, law, day, debtor and signature there is. What may be assigned is exactly
// what nothing forbids, the debtor consented to, or a signed row reaches.
func TestWhatLiftsAClause(t *testing.T) {
	us, england := row(t, "us-assignment-override"), row(t, "gb-eng-assignment-override")
	consent := domain.DebtorConsent{By: "Ms Okafor", On: domain.MustDate("2026-01-20"), Evidence: "her letter"}
	for _, clause := range []domain.AssignmentClause{"", domain.ClauseNone, domain.ClauseForbids} {
		for _, law := range []string{"", "US", "US-NY", "USA", "GB", "GB-ENG", "GB-SCT", "DE"} {
			for _, day := range []string{"", "2018-12-30", "2018-12-31", "2025-03-01"} {
				for _, debtor := range append(domain.LegalTypes(), "") {
					for bits := range 32 {
						a := domain.Assignment{Clause: clause, GoverningLaw: law, SmallSeller: bits&1 != 0}
						if day != "" {
							a.ContractOn = domain.MustDate(day)
						}
						if bits&2 != 0 && clause == domain.ClauseForbids {
							a.Consent = consent
						}
						var signatures []domain.LawSignature
						if bits&4 != 0 {
							signatures = append(signatures, signed(us))
						}
						if bits&8 != 0 {
							signatures = append(signatures, signed(england))
						}
						today := domain.MustDate("2026-06-30")
						if bits&16 != 0 {
							today = today.Plus(1) // a day after the signatures are due for review
						}
						inUS := strings.HasPrefix(law+"-", "US-") && bits&4 != 0
						inEngland := law == "GB-ENG" && bits&8 != 0 && a.SmallSeller && day >= "2018-12-31"
						business := debtor == domain.Company || debtor == domain.Partnership
						want := domain.AssignmentGround("")
						switch {
						case clause == "":
							want = domain.GroundNotStated
						case clause == domain.ClauseNone:
							want = domain.GroundNoClause
						case a.Consent == consent:
							want = domain.GroundConsent
						case bits&16 == 0 && business && (inUS || inEngland):
							want = domain.GroundLaw
						}
						found, err := a.Assignable(debtor, domain.Laws(), signatures, today)
						if found.Ground != want || (want == "") != errors.Is(err, domain.ErrAssignmentForbidden) || found.Assignment != a {
							t.Fatalf("%+v of a %q on %s, signed %v: %q, %v; want %q", a, debtor, today, signatures, found.Ground, err, want)
						}
						if want == domain.GroundLaw && (found.Counsel != counsel || found.LawText == "" || found.ReviewBy != domain.MustDate("2026-06-30")) {
							t.Fatalf("overridden by %+v", found)
						}
						if err != nil && !strings.Contains(err.Error(), "written consent") {
							t.Fatalf("it does not say what helps: %v", err)
						}
					}
				}
			}
		}
	}
}

// TestTheNoticeFormOfAPlace holds F-40: a notice carries the signed form of its debtor's own place, the most particular
// one, and none where nobody signed or the place is not known.
func TestTheNoticeFormOfAPlace(t *testing.T) {
	us := row(t, "us-notice")
	newYork := us
	newYork.Code, newYork.Jurisdiction = "us-ny-notice", "US-NY"
	laws := append(domain.Laws(), newYork)
	scotland := row(t, "gb-sct-notice")
	for name, tc := range map[string]struct {
		place      string
		signatures []domain.LawSignature
		day, want  string
	}{
		"nobody signed":             {"US", nil, "2026-03-01", ""},
		"of the country":            {"US", []domain.LawSignature{signed(us)}, "2026-03-01", "us-notice"},
		"a part has the whole's":    {"US-CA", []domain.LawSignature{signed(us), signed(newYork)}, "2026-03-01", "us-notice"},
		"a part has its own":        {"US-NY", []domain.LawSignature{signed(us), signed(newYork)}, "2026-03-01", "us-ny-notice"},
		"its own is not signed":     {"US-NY", []domain.LawSignature{signed(us)}, "2026-03-01", "us-notice"},
		"the whole is no part":      {"GB", []domain.LawSignature{signed(scotland)}, "2026-03-01", ""},
		"another part":              {"GB-ENG", []domain.LawSignature{signed(scotland)}, "2026-03-01", ""},
		"due for review":            {"US", []domain.LawSignature{signed(us)}, "2026-07-01", ""},
		"not known":                 {"", []domain.LawSignature{signed(us)}, "2026-03-01", ""},
		"an override is no form":    {"US", []domain.LawSignature{signed(row(t, "us-assignment-override"))}, "2026-03-01", ""},
		"a beginning is no country": {"USA", []domain.LawSignature{signed(us)}, "2026-03-01", ""},
	} {
		got, found := domain.NoticeForm(laws, tc.signatures, tc.place, domain.Company, domain.MustDate(tc.day))
		if got.Code != tc.want || found != (tc.want != "") {
			t.Errorf("%s: %q", name, got.Code)
		}
	}
}
