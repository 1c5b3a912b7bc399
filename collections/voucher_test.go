package collections_test

import (
	"strings"
	"testing"

	"comity/collections"
	"comity/domain"
	"comity/money"
)

// gives lets the seller of a scene give a voucher to all whom it recognises.
func (s *scene) gives(terms domain.VoucherTerms) {
	s.Appreciation = domain.Appreciation{Seller: s.Case.Seller, Voucher: &terms, Share: money.Whole}
	s.act.Recognition = &domain.Recognition{Seller: s.Case.Seller, Relationship: s.Case.Relationship, At: s.Now, Voucher: &domain.Voucher{
		Terms: terms, Code: "K7MX-4QPD", ValidUntil: day("2026-06-30"), MadeAt: s.Now,
	}}
}

// TestAVoucherGoesWithARecognitionAndWithNothingElse holds C-175, C-179 and D-27: it goes with the note for a row on time as
// the draw says, and to no natural person that is protected; the note alone is remembered too, so that they can be compared.
func TestAVoucherGoesWithARecognitionAndWithNothingElse(t *testing.T) {
	tests := map[string]struct {
		change  func(*scene)
		drawn   bool
		voucher bool
	}{
		"all get one":         {func(*scene) {}, true, true},
		"nobody gets one":     {func(s *scene) { s.Appreciation.Share = 0 }, false, false},
		"this one gets none":  {func(s *scene) { s.Appreciation.Share = 1 }, true, false},
		"there is none":       {func(s *scene) { s.Appreciation.Voucher = nil }, false, false},
		"it is no row":        {func(s *scene) { s.InRow = 5 }, false, false},
		"a complaint is open": {func(s *scene) { s.Stops = []domain.Stop{{Code: domain.StopComplaint}} }, false, false},
		"a person in Europe": {func(s *scene) {
			s.Relationship.LegalType, s.Relationship.Country, s.Relationship.Region = domain.SoleTrader, "DE", ""
		}, false, false},
		"a person in Britain": {func(s *scene) {
			s.Relationship.LegalType, s.Relationship.Country, s.Relationship.Region = domain.SoleTrader, "GB", ""
		}, false, false},
		"a person in California": {func(s *scene) {
			s.Relationship.LegalType, s.Relationship.Country, s.Relationship.Region = domain.SoleTrader, "US", "US-CA"
		}, false, false},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			s := sceneOf("thank_you", 0)
			s.Items[0].Deal.PaidInFull = s.Items[0].Deal.Due
			s.gives(domain.VoucherTerms{Percent: 5, ValidDays: 90})
			tc.change(s)
			for i := range s.Unthanked {
				s.Unthanked[i].AppliedAt = s.Now.Add(-2 * 3600e9)
			}
			act := collections.Next(s.CaseFacts).Act
			if act == nil || len(act.Allocations) == 0 {
				t.Fatal("no thanks are due")
			}
			if (act.Recognition != nil) != tc.drawn || tc.drawn && (act.Recognition.Voucher != nil) != tc.voucher {
				t.Fatalf("with the letter goes %+v", act.Recognition)
			}
			letter, err := collections.Write(s.CaseFacts, *act, collections.Gate(s.CaseFacts, *act))
			if err != nil {
				t.Fatal(err)
			}
			if says := strings.Contains(letter.Text, "voucher"); says != tc.voucher {
				t.Errorf("the letter says\n%s", letter.Text)
			}
			if findings := letter.Lint(act.Class, act.Tone); len(findings) > 0 {
				t.Errorf("lint: %s", strings.Join(findings, "\n"))
			}
			if again := collections.Next(s.CaseFacts).Act; tc.voucher && (again.Recognition.Voucher.Code != act.Recognition.Voucher.Code || !strings.Contains(strings.Join(strings.Fields(letter.Text), " "), "code "+again.Recognition.Voucher.Code+".")) {
				t.Errorf("written again, the code is %s:\n%s", again.Recognition.Voucher.Code, letter.Text)
			}
		})
	}
}

// TestNoReminderSpeaksOfAVoucher holds D-27 and C-175: whatever its seller gives, no other letter speaks of it.
func TestNoReminderSpeaksOfAVoucher(t *testing.T) {
	for template, tone := range map[string]int{"heads_up": 0, "pre_due": 0, "post_due_first": 1, "post_due_next": 2, "new_timeline": 2, "clear_ask": 3, "formal_demand": 4, "thank_you": 0, "receipt": 0} {
		s := sceneOf(template, tone)
		s.gives(domain.VoucherTerms{Percent: 5, ValidDays: 90})
		if text := s.write(t).Text; strings.Contains(text, "voucher") || strings.Contains(text, "K7MX") {
			t.Errorf("%s says\n%s", template, text)
		}
	}
}

// TestAVouchersNoteIsOneSentence holds C-175 and D-24: what a seller adds to its voucher leads nowhere, asks for nothing and
// names no account; it may say what else our letters do not: what the voucher is good for.
func TestAVouchersNoteIsOneSentence(t *testing.T) {
	for note, fine := range map[string]bool{
		"": true, "It is good for everything that we print.": true, "This voucher is good for the new season.": true,
		"See www.marlow.example.": false, "Good. Very good indeed.": false, "Pay it to DE89 3704 0044 0532 0130 00 now.": false, "You must order at once.": false,
	} {
		s := sceneOf("recognition", 0)
		s.gives(domain.VoucherTerms{Percent: 5, ValidDays: 90, Note: note})
		text := strings.Join(strings.Fields(s.write(t).Text), " ")
		if says := strings.Contains(text, "says of it"); says != (fine && note != "") {
			t.Errorf("%q: the letter says\n%s", note, text)
		}
	}
}
