package main

import (
	"strings"
	"testing"

	"comity/repository/repositorytest"
)

// TestASmallYearBreaksNoWord lives a hundred days with a few debtors and finds that everything
// that debtors, banks and people do happened, and that no word of courtesy was broken.
func TestASmallYearBreaksNoWord(t *testing.T) {
	db := repositorytest.New(t)
	lived, err := liveYear(t.Context(), yearSize{Seed: 1, Debtors: 40, Sellers: 4, Factors: 2, Days: 100, Workers: 2}, db.AppURL, db.OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	var told strings.Builder
	if err := lived.tell(&told); err != nil {
		t.Errorf("%v\n%s", err, told.String())
	}
	for _, name := range []string{
		"heads_up, tone 0, sent", "reminder, tone 0, sent", "reminder, tone 1, sent", "reminder, tone 2, sent", "call, tone 2, sent", "legal_notice, tone 0, sent", "thank_you, tone 0, sent", "answer, tone 0, sent",
		"bank_feed_behind", "awaiting_human", "disputes, resolved", "debtor promises", "debtor says that it paid", "kept", "mail, acknowledges", "mail, bounces", "mail, is out of office",
		"questions by mail, answered", "questions by mail, closed", "questions on the page, answered", "questions with reason cash_flow", "pauses by the seller", "stops, ",
		"cases, closed", "collector ends a call", "send, temporary failure", "statement: late", "receipt: nobody knew it at first",
	} {
		if !strings.Contains(told.String(), name) {
			t.Errorf("there is no %q in the year", name)
		}
	}
}
