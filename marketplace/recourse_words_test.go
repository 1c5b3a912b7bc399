package marketplace_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"comity/collections"
	"comity/domain"
	"comity/marketplace"
	"comity/money"
)

// courteous lints whatever sellers were told of recourse, once a test is over: as cordial as a letter to a debtor (D-27).
func (m *market) courteous() {
	ctx := context.WithoutCancel(m.t.Context())
	rows, err := m.db.QueryContext(ctx, `SELECT kind, said FROM events WHERE kind LIKE 'recourse.%' AND seller_id IS NOT NULL`)
	if err != nil {
		m.t.Error(err)
		return
	}
	defer rows.Close()
	for rows.Next() {
		var kind, said string
		must(m.t, rows.Scan(&kind, &said))
		if findings := collections.LintPhrase(collections.ToneCordial, said); len(findings) > 0 {
			m.t.Errorf("%s: %s\n%s", kind, strings.Join(findings, "\n"), said)
		}
	}
	must(m.t, rows.Err())
}

// TestASellerIsAskedCourteously holds D-27: what a seller is told of a part that is given back passes the lint of a
// cordial letter, for every reason, and says how what is asked is made up: part, fees, reserve, the sum and what to quote.
func TestASellerIsAskedCourteously(t *testing.T) {
	usd := func(minor int64) money.Amount { return money.Minor(minor, "USD") }
	for name, tc := range map[string]struct {
		deal       domain.DealStatus
		status     domain.RecourseStatus
		part, fees int64
		claim      int64
		want       string
	}{
		"all of it, with fees":      {domain.DealChargedBack, domain.RecourseExercised, 1_000_000, 90_000, 940_000, "Yours to pay is USD 9,400.00: USD 10,000.00 and USD 900.00 of fees, less USD 1,500.00 of the reserve. Please quote the reference RF"},
		"all of it, no reserve":     {domain.DealChargedBack, domain.RecourseExercised, 1_000_000, 90_000, 1_090_000, "Yours to pay is USD 10,900.00: USD 10,000.00 and USD 900.00 of fees. Please"},
		"a part":                    {domain.DealPaidOut, domain.RecourseExercised, 200_000, 30_000, 150_000, "Yours to pay is USD 1,500.00: USD 2,000.00, less USD 500.00 of the reserve. Please"},
		"a part that is all to pay": {domain.DealPaidOut, domain.RecourseExercised, 200_000, 30_000, 200_000, "Yours to pay is USD 2,000.00: USD 2,000.00. Please"},
		"paid by the reserve":       {domain.DealPaidOut, domain.RecourseReassigned, 100_000, 30_000, 0, "The reserve paid for it: it is yours again."},
	} {
		for _, reason := range []domain.RecourseReason{domain.RecourseDispute, domain.RecourseSlowPay, domain.RecourseBreach, domain.RecourseFraud} {
			t.Run(fmt.Sprintf("%s, %s", name, reason), func(t *testing.T) {
				r := domain.Recourse{
					Status: tc.status, Reason: reason, Part: usd(tc.part), Claim: usd(tc.claim), Reference: domain.NewReference([]byte{1, 2, 3, 4, 5, 6, 7, 8}),
					PolicyUntil: domain.MustDate("2026-08-05"),
				}
				said := marketplace.ExercisedWords(domain.Deal{InvoiceNumber: "MP-1042", Status: tc.deal, Recognised: usd(tc.fees)}, r)
				if findings := collections.LintPhrase(collections.ToneCordial, said); len(findings) > 0 {
					t.Errorf("%s\n%s", strings.Join(findings, "\n"), said)
				}
				if !strings.Contains(said, tc.want) || !strings.HasPrefix(said, r.Part.Grouped()+" of invoice MP-1042 was given back, because ") {
					t.Errorf("it says %q, want %q", said, tc.want)
				}
			})
		}
	}
}
