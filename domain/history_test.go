package domain_test

import (
	"errors"
	"testing"

	"comity/domain"
	"comity/money"
)

func TestARowIsBlamedForWhatACorrectionDoes(t *testing.T) {
	today := domain.MustDate("2026-02-03")
	row := domain.HistoryRow{PastInvoice: domain.PastInvoice{
		Amount: money.Minor(100, "EUR"), Issued: domain.MustDate("2026-03-01"), Due: domain.MustDate("2026-03-31"), // handed in as of the future
	}}
	tests := map[string]struct{ field, value, code string }{
		"an old fault is not its own": {domain.HistoryDisputed, "true", ""},
		"put right":                   {domain.HistoryIssued, "2026-01-01", ""},
		"put wrong in another way":    {domain.HistoryPaid, "2026-02-28", "paid-before-issue"},
		"less than nothing":           {domain.HistoryAmount, "-0.01", "amount-not-positive"},
		"nothing":                     {domain.HistoryAmount, "0.00", "amount-not-positive"},
		"due before issue":            {domain.HistoryDue, "2026-02-28", "due-before-issue"},
		"terms of ten years":          {domain.HistoryDue, "2036-03-01", "terms-too-long"},
		"no number":                   {domain.HistoryAmount, "1e3", "not-an-amount"},
		"no day":                      {domain.HistoryPaid, "2026-02-30", "not-a-date"},
		"no day at all is no date":    {domain.HistoryDue, "", "not-a-date"},
		"not paid after all":          {domain.HistoryPaid, "", ""},
		"no flag":                     {domain.HistoryExcluded, "yes", "not-a-flag"},
		"another field":               {"currency", "USD", "not-allowed"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got := ""
			change, fault := domain.HistoryChangeOf(tc.field, tc.value, "why", "EUR")
			if fault != nil {
				got = fault.Code
			} else if faults := change.Of(row).Faults(row, today); len(faults) > 0 {
				got = faults[0].Code
			}
			if got != tc.code {
				t.Errorf("%q, want %q", got, tc.code)
			}
		})
	}
}

func TestAnObjectionIsDecidedOnce(t *testing.T) {
	seller := domain.New[domain.OrganizationID]()
	analyst := domain.Caller{User: domain.New[domain.UserID](), Organization: domain.New[domain.OrganizationID]()}
	o := domain.Objection{Seller: seller, Status: domain.ObjectionReceived, Facts: []domain.Fact{{N: 1}, {N: 2}}}
	facts := o.Facts
	if err := o.Decide(domain.Verdict{Outcome: domain.ObjectionAccepted}, domain.Caller{Organization: seller}); !errors.Is(err, domain.ErrForbidden) {
		t.Errorf("its own organisation decides: %v", err)
	}
	if err := o.Decide(domain.Verdict{Outcome: domain.ObjectionPartlyAccepted, Facts: []int{2}, Answer: "One of them"}, analyst); err != nil {
		t.Fatal(err)
	}
	if *o.Facts[0].Accepted || !*o.Facts[1].Accepted || facts[0].Accepted != nil || !o.Upheld() || o.DecidedBy != analyst.User {
		t.Errorf("decided %+v", o)
	}
	if err := o.Decide(domain.Verdict{Outcome: domain.ObjectionRejected}, analyst); !errors.Is(err, domain.ErrWrongState) {
		t.Errorf("decided twice: %v", err)
	}
}
