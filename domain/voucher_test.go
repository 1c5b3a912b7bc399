package domain_test

import (
	"errors"
	"math/rand/v2"
	"regexp"
	"testing"
	"time"

	"github.com/google/uuid"

	"comity/domain"
	"comity/money"
)

// TestTheDrawOfVouchersIsStableAndFair holds C-179: a pair is drawn the same each time, nobody who was drawn falls out when
// the share grows, and of many pairs about the share is drawn.
func TestTheDrawOfVouchersIsStableAndFair(t *testing.T) {
	const pairs = 20_000
	random := rand.New(rand.NewPCG(1, 2))
	shares := []money.Ppm{0, 1, 100_000, 333_333, 500_000, 900_000, money.Whole}
	drawn := make([]int, len(shares))
	for range pairs {
		var id domain.RelationshipID
		for i := range id.UUID {
			id.UUID[i] = byte(random.Uint32())
		}
		before := false
		for i, share := range shares {
			a := domain.Appreciation{Voucher: &domain.VoucherTerms{Percent: 5, ValidDays: 90}, Share: share}
			now := a.Draws(id)
			if now != a.Draws(id) || before && !now {
				t.Fatalf("%s falls out at %s", id, share)
			}
			if before = now; now {
				drawn[i]++
			}
			if a.Voucher = nil; a.Draws(id) {
				t.Fatalf("%s is drawn, and there is no voucher", id)
			}
		}
	}
	for i, share := range shares {
		want := pairs * int(share) / int(money.Whole)
		if off := drawn[i] - want; off > pairs/50 || off < -pairs/50 || share == 0 && drawn[i] > 0 || share == money.Whole && drawn[i] < pairs {
			t.Errorf("of %d pairs %d are drawn at %s, want about %d", pairs, drawn[i], share, want)
		}
	}
}

// TestCodesOfVouchers holds C-175 for the code: it is the same for a letter, another for each other one, and has nothing
// that is taken for something else.
func TestCodesOfVouchers(t *testing.T) {
	form, seen := regexp.MustCompile(`^[2-9A-HJKMNP-TV-Z]{4}-[2-9A-HJKMNP-TV-Z]{4}$`), map[string]bool{}
	kase := domain.New[domain.CaseID]()
	for range 10_000 {
		step := "thanks:" + uuid.NewString()
		code := domain.VoucherCode(kase, step)
		if !form.MatchString(code) || seen[code] || code != domain.VoucherCode(kase, step) {
			t.Fatalf("%s is no code, or stood before", code)
		}
		seen[code] = true
	}
}

// TestTermsOfVouchersAreChecked holds C-175: a percentage or an amount, within bounds, for some time.
func TestTermsOfVouchersAreChecked(t *testing.T) {
	euros := func(n int64) money.Amount { return money.Minor(n, "EUR") }
	for name, tc := range map[string]struct {
		terms domain.VoucherTerms
		at    string
	}{
		"a percentage":         {domain.VoucherTerms{Percent: 5, ValidDays: 14}, ""},
		"the most":             {domain.VoucherTerms{Percent: 50, ValidDays: 730}, ""},
		"an amount":            {domain.VoucherTerms{Amount: euros(1), ValidDays: 90}, ""},
		"neither":              {domain.VoucherTerms{ValidDays: 90}, "/voucher/percent"},
		"both":                 {domain.VoucherTerms{Percent: 5, Amount: euros(1), ValidDays: 90}, "/voucher/percent"},
		"too much":             {domain.VoucherTerms{Percent: 51, ValidDays: 90}, "/voucher/percent"},
		"less than nothing":    {domain.VoucherTerms{Percent: -1, ValidDays: 90}, "/voucher/percent"},
		"an amount below zero": {domain.VoucherTerms{Amount: euros(-1), ValidDays: 90}, "/voucher/amount/amount"},
		"too short":            {domain.VoucherTerms{Percent: 5, ValidDays: 13}, "/voucher/valid_days"},
		"too long":             {domain.VoucherTerms{Percent: 5, ValidDays: 731}, "/voucher/valid_days"},
	} {
		refusal, refused := errors.AsType[*domain.Refusal](tc.terms.Check())
		if refused != (tc.at != "") || refused && (len(refusal.Fields) != 1 || refusal.Fields[0].Pointer != tc.at) {
			t.Errorf("%s: %v, want %q", name, refusal, tc.at)
		}
	}
}

// TestAVoucherIsOpenUntilItsLastDay holds C-175.
func TestAVoucherIsOpenUntilItsLastDay(t *testing.T) {
	v := domain.Voucher{ValidUntil: domain.MustDate("2026-06-30")}
	for day, want := range map[string]string{"2026-06-30": domain.VoucherOpen, "2026-07-01": domain.VoucherExpired} {
		if got := v.State(domain.MustDate(day)); got != want {
			t.Errorf("%s: %s, want %s", day, got, want)
		}
	}
	if v.RedeemedAt = domain.MustDate("2026-06-01").At(0, 0, time.UTC); v.State(domain.MustDate("2026-07-01")) != domain.VoucherRedeemed {
		t.Error("what was redeemed is expired")
	}
}
