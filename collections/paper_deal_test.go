package collections_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"comity/collections"
	"comity/domain"
)

// TestADealHasTheLettersOfItsState holds D-2 and D-6 on its rows: the introduction comes before
// the notice and none after it, the notice is printed as it left, a statement needs a notice, and
// a sale that was undone after it is released. Nobody else gets any of them. It holds F-42, and F-41 for
// the proof, which needs a notice too.
func TestADealHasTheLettersOfItsState(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	deal, k := h.facts.Items[0].Deal.ID, h.facts.Case
	seller := domain.Caller{Organization: k.Seller, Kind: domain.KindSeller, World: k.World, Sandbox: true, Now: at("2026-02-04 10:00")}
	factor := domain.Caller{Organization: k.Factor, Kind: domain.KindFactor, World: k.World, Sandbox: true, Now: at("2026-02-04 10:00")}
	has := func(when string, want ...string) {
		t.Helper()
		for _, by := range []domain.Caller{seller, factor} {
			by.Now = at(when)
			var got []string
			for _, kind := range collections.Letters() {
				letter, err := h.cases.DealLetter(ctx, by, deal, kind)
				if kind == collections.LetterFollowUp && by.Kind == domain.KindFactor && errors.Is(err, domain.ErrNotFound) {
					continue // it is the seller's
				}
				switch {
				case err == nil && bytes.HasPrefix(letter.Bytes, []byte("%PDF-")) && letter.MediaType == "application/pdf" && strings.HasPrefix(letter.FileName, strings.ReplaceAll(kind, "_", "-")+"-2026-"):
					got = append(got, kind)
				case err == nil || !errors.Is(err, domain.ErrWrongState):
					t.Errorf("%s for the %s: %q, %v", kind, by.Kind, letter.FileName, err)
				}
			}
			h.is("letters for the "+string(by.Kind)+" on "+when, strings.Join(got, " "), strings.Join(want, " "))
		}
	}
	has("2026-02-04 10:00", "introduction")
	h.act("2026-02-05 10:00")
	sent := h.send("2026-02-05 10:02")
	has("2026-02-06 10:00", "notice", "statement", "proof")

	if sent.Paper == nil {
		t.Fatal("the notice leaves without its paper")
	}
	attached, err := sent.Paper.Print.PDF()
	later := factor
	later.Now = at("2026-03-20 10:00")
	h.exec(`UPDATE deals SET open_minor = 100`)
	if read, err2 := h.cases.DealLetter(ctx, later, deal, collections.LetterNotice); err != nil || err2 != nil || !bytes.Equal(read.Bytes, attached) {
		t.Errorf("the notice that is read is not the one that was attached: %v, %v", err, err2)
	}

	h.exec(`UPDATE deals SET status = 'cancelled'`)
	has("2026-03-20 10:00", "notice", "release")

	stranger := domain.Caller{Organization: domain.New[domain.OrganizationID](), Kind: domain.KindSeller, World: k.World, Now: at("2026-02-06 10:00")}
	platform := domain.Caller{Organization: domain.New[domain.OrganizationID](), Kind: domain.KindPlatform, World: k.World, Now: at("2026-02-06 10:00")}
	for name, ask := range map[string]func() error{
		"another seller": func() error { _, err := h.cases.DealLetter(ctx, stranger, deal, collections.LetterNotice); return err },
		"another deal": func() error {
			_, err := h.cases.DealLetter(ctx, seller, domain.New[domain.DealID](), collections.LetterNotice)
			return err
		},
		"no such letter": func() error { _, err := h.cases.DealLetter(ctx, seller, deal, "threat"); return err },
	} {
		if err := ask(); !errors.Is(err, domain.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := h.cases.DealLetter(ctx, platform, deal, collections.LetterNotice); !errors.Is(err, domain.ErrForbidden) {
		t.Errorf("the platform: %v", err)
	}
}

// TestOnlyANoticeLeavesOnPaperToo: reminders, answers and thanks are mails.
func TestOnlyANoticeLeavesOnPaperToo(t *testing.T) {
	h := newHouse(t)
	h.load("2026-02-04", "2026-02-24")
	h.act("2026-02-05 10:00")
	h.send("2026-02-05 10:02")
	h.exec(`UPDATE deals SET status = 'paid_out'`)
	h.act("2026-02-25 09:30")
	if note := h.send("2026-02-25 09:30"); note.Paper != nil || !strings.Contains(note.Subject, "Wednesday 4 March 2026") {
		t.Errorf("%q leaves with the paper %+v", note.Subject, note.Paper)
	}
}
