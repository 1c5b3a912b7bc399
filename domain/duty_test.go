package domain

import (
	"slices"
	"testing"
)

// TestWhoStandsBehindWhat holds C-212, D-10 and D-24: each class of message has a sender and each act
// somebody who grants it; where the debtor is not told, nothing leaves in the factor's name or can only
// come from it, and whoever bears a loss consents in either mode.
func TestWhoStandsBehindWhat(t *testing.T) {
	for _, mode := range Disclosures() {
		for _, m := range mode.MessageDuties() {
			if len(m.Sender) == 0 || m.Writer == "" || m.Replies == "" {
				t.Errorf("%s: nobody stands behind %+v", mode, m)
			}
			if mode == Confidential && (slices.Contains(m.Sender, KindFactor) || m.Replies == KindFactor || m.Class.Legal()) {
				t.Errorf("the debtor is not told, and reads %+v", m)
			}
		}
		for _, a := range mode.ActDuties() {
			bears := a.Act == ActPlanOutside || a.Act == ActSettlement
			if len(a.Grants) == 0 || a.People < 1 || bears && (a.People < 2 || !slices.Contains(a.Consents, KindSeller)) {
				t.Errorf("%s: %+v", mode, a)
			}
		}
	}
}
