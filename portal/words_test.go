package portal_test

import (
	"net/http"
	"net/http/httptest"
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

var placeholder = regexp.MustCompile(`\{[a-z]*\}`)

// TestNoLanguageLacksAPhrase holds the catalogue: every language says everything, and each phrase names the same things
// in all of them.
func TestNoLanguageLacksAPhrase(t *testing.T) {
	all := portal.Phrases()
	if len(all) != 5 {
		t.Fatalf("%d languages", len(all))
	}
	english := all["en"]
	for tag, phrases := range all {
		if len(phrases) != len(english) {
			t.Fatalf("%s has %d phrases, English %d", tag, len(phrases), len(english))
		}
		for i, p := range phrases {
			named, want := placeholder.FindAllString(p.Text, -1), placeholder.FindAllString(english[i].Text, -1)
			slices.Sort(named)
			slices.Sort(want)
			switch {
			case p.Text == "":
				t.Errorf("%s: %s is empty", tag, p.Name)
			case !cmp.Equal(slices.Compact(named), slices.Compact(want)):
				t.Errorf("%s: %s names %v, want %v", tag, p.Name, named, want)
			}
		}
	}
}

// TestTheWordsArePlain keeps threats, blame and shouting out of the pages, in every language.
func TestTheWordsArePlain(t *testing.T) {
	rude := regexp.MustCompile(`(?i)!|\b(debt collect|lawyer|lawsuit|penalt|anwalt|gericht|inkasso|mahn|avocat|tribunal|pénalité|abogad|moros|advogad|cobrança)`)
	for tag, phrases := range portal.Phrases() {
		for _, p := range phrases {
			if found := rude.FindString(p.Text); found != "" {
				t.Errorf("%s: %s says %q", tag, p.Name, found)
			}
			if strings.ContainsAny(p.Text, "\"'") {
				t.Errorf("%s: %s has a typewriter's quotation mark: %s", tag, p.Name, p.Text)
			}
		}
	}
}

func TestDaysAndAmountsAreWrittenAsTheLanguageDoes(t *testing.T) {
	day, first, amount := domain.MustDate("2026-03-04"), domain.MustDate("2026-04-01"), money.Minor(123_456_789, "EUR")
	for tag, want := range map[string][]string{
		"en": {"Wednesday 4 March 2026", "1 April 2026", "EUR 1,234,567.89", "1234567.89"},
		"es": {"miércoles 4 de marzo de 2026", "1 de abril de 2026", "1.234.567,89 EUR", "1234567,89"},
		"fr": {"mercredi 4 mars 2026", "1er avril 2026", "1\u202f234\u202f567,89 EUR", "1234567,89"},
		"de": {"Mittwoch, 4. März 2026", "1. April 2026", "1.234.567,89 EUR", "1234567,89"},
		"pt": {"quarta-feira, 4 de março de 2026", "1 de abril de 2026", "1.234.567,89 EUR", "1234567,89"},
	} {
		long, _, sum, typed := portal.Written(tag, day, amount)
		_, short, _, _ := portal.Written(tag, first, amount)
		if diff := cmp.Diff(want, []string{long, short, sum, typed}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tag, diff)
		}
		for _, text := range []string{sum, typed} {
			if got, err := portal.TypedAmount(text, "EUR"); err != nil || got != amount {
				t.Errorf("%s: %q is not read back: %v, %v", tag, text, got, err)
			}
		}
	}
	if _, _, sum, _ := portal.Written("de", day, money.Minor(1234, "JPY")); sum != "1.234 JPY" {
		t.Errorf("yen: %s", sum)
	}
}

// TestThePageSpeaksTheReadersLanguage holds C-123: what was chosen on the page counts before what the browser asks for.
func TestThePageSpeaksTheReadersLanguage(t *testing.T) {
	for name, tc := range map[string]struct{ query, browser, want string }{
		"nothing":              {"", "", "en"},
		"a browser":            {"", "de-AT,de;q=0.9,en;q=0.5", "de"},
		"a region":             {"", "pt-BR", "pt"},
		"the second best":      {"", "nl,fr;q=0.8", "fr"},
		"none of ours":         {"", "ja", "en"},
		"chosen":               {"?lang=es", "de", "es"},
		"chosen, but not ours": {"?lang=ja", "fr", "fr"},
		"not a header":         {"", "§§§", "en"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite()
			w := httptest.NewRecorder()
			r := httptest.NewRequestWithContext(ctx, http.MethodGet, s.path()+tc.query, http.NoBody)
			r.Header.Set("Accept-Language", tc.browser)
			s.handler.ServeHTTP(w, r)
			if !strings.Contains(w.Body.String(), `<html lang="`+tc.want+`">`) || w.Header().Get("Vary") != "Accept-Language" {
				t.Errorf("want %s, got %s", tc.want, w.Body.String()[:80])
			}
		})
	}
}

// TestTheChosenLanguageIsCarriedOn follows it through a form and back.
func TestTheChosenLanguageIsCarriedOn(t *testing.T) {
	s := newSite()
	form := s.get(s.path() + "/paid?deal=" + s.deal.String() + "&lang=fr").Body.String()
	action := regexp.MustCompile(`action="([^"]+)"`).FindStringSubmatch(form)
	if action == nil || !strings.Contains(form, "Nous avons payé") {
		t.Fatalf("no form in French:\n%s", form)
	}
	nonce := nonceField.FindStringSubmatch(form)[1]
	filled := url.Values{"nonce": {nonce}, "deal": {s.deal.String()}, "currency": {"USD"}, "amount": {"10.000,00"}, "day": {"2026-03-05"}}
	to := strings.ReplaceAll(action[1], "&amp;", "&")
	w := s.post(to, filled)
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != s.path()+"?done=paid&lang=fr#word" || s.asked[0] != "paid 10000.00 USD 2026-03-05" {
		t.Errorf("%d %s, asked %v", w.Code, w.Header().Get("Location"), s.asked)
	}
	filled.Set("amount", "beaucoup")
	if body := s.post(to, filled).Body.String(); !strings.Contains(body, "Écrivez-le ainsi") || !strings.Contains(body, `value="beaucoup"`) || !strings.Contains(body, `aria-invalid="true"`) {
		t.Errorf("the refusal is not in French at its field:\n%s", body)
	}
}

// TestEveryRefusalHasItsSentence holds what the use cases refuse to phrases of the pages, each at its field.
func TestEveryRefusalHasItsSentence(t *testing.T) {
	for want, tc := range map[string]struct {
		verb    string
		refusal *domain.Refusal
	}{
		"out-of-range count":         {domain.VerbPlan, domain.ErrInvalid.At("/instalments", "out-of-range", "")},
		"too-far day":                {domain.VerbPlan, domain.ErrInvalid.At("/instalments/2/due_on", "too-far", "")},
		"plan wrong-state ":          {domain.VerbPlan, domain.ErrWrongState},
		"plan/accept wrong-state ":   {"plan/accept", domain.ErrWrongState},
		"dispute/agree wrong-state ": {"dispute/agree", domain.ErrWrongState},
		"more-than-open amount":      {domain.VerbPaid, domain.ErrMoreThanOpen.Because("EUR 1.00 is open")},
		"not-positive amount":        {domain.VerbPaid, domain.ErrInvalid.At("/amount/amount", "not-positive", "")},
		"other-currency amount":      {domain.VerbPaid, domain.ErrInvalid.At("/amount/currency", "other-currency", "")},
		"in-the-future day":          {domain.VerbPaid, domain.ErrInvalid.At("/paid_on", "in-the-future", "")},
		"in-the-past day":            {domain.VerbPromise, domain.ErrInvalid.At("/promised_on", "in-the-past", "")},
		"promise-too-far day":        {domain.VerbPromise, domain.ErrPromiseTooFar},
		"promise-already-open ":      {domain.VerbPromise, domain.ErrPromiseOpen},
		"empty said":                 {domain.VerbQuestion, domain.ErrInvalid.At("/said", "empty", "")},
		"wrong-code code":            {domain.VerbConfirm, domain.ErrInvalid.At("/code", "wrong-code", "")},
		"confirm too-many-tries ":    {domain.VerbConfirm, domain.ErrThrottled},
		"question too-many-tries ":   {domain.VerbQuestion, domain.ErrThrottled},
		"wrong-state ":               {domain.VerbDispute, domain.ErrWrongState},
		"key-reused ":                {domain.VerbDispute, domain.ErrKeyReused},
		"request-in-flight ":         {domain.VerbDispute, domain.ErrRequestInFlight},
		"outcome-unknown ":           {domain.VerbDispute, domain.ErrUnavailable},
		"other something-new-of-now": {domain.VerbDispute, domain.ErrInvalid.At("/something-new-of-now", "new", "")},
	} {
		if key, field := portal.RefusedAs(tc.verb, tc.refusal); key+" "+field != want {
			t.Errorf("%s by %s is said as %q, want %q", tc.refusal.Code, tc.verb, key+" "+field, want)
		}
	}
}
