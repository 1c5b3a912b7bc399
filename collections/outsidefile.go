package collections

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"comity/domain"
)

// handedFile is what an agency gets: as little of the debtor as it needs, and the rules that bind it.
type handedFile struct {
	Reference    string          `json:"reference"`
	HandedOverOn string          `json:"handed_over_on"`
	Agency       string          `json:"agency"`
	Factor       handedParty     `json:"factor"`
	Seller       string          `json:"seller"`
	Debtor       handedDebtor    `json:"debtor"`
	Claims       []handedClaim   `json:"claims"`
	Messages     []handedMessage `json:"correspondence"`
	Policy       handedPolicy    `json:"contact_policy"`
	Rules        []string        `json:"rules"`
}

type handedParty struct {
	Name  string `json:"name"`
	Email string `json:"email"`
}

type handedDebtor struct {
	Name    string   `json:"name"`
	Country string   `json:"country"`
	Address []string `json:"address"`
}

type handedClaim struct {
	Invoice   string `json:"invoice"`
	IssuedOn  string `json:"issued_on"`
	DueOn     string `json:"due_on"`
	Currency  string `json:"currency"`
	Open      string `json:"open_undisputed"`
	Reference string `json:"payment_reference"`
}

type handedMessage struct {
	On   string `json:"on"`
	What string `json:"what"`
}

type handedPolicy struct {
	GapDays     int    `json:"days_between_contacts"`
	Most        int    `json:"most_messages"`
	MostDays    int    `json:"in_days"`
	Opens       string `json:"from"`
	Closes      string `json:"until"`
	CallDays    int    `json:"days_between_calls"`
	HumanBefore bool   `json:"a_person_agrees_to_firm_messages"`
}

// handedOver makes the file of a hand-over. Only what is open and not disputed stands in it.
func handedOver(f domain.CaseFacts, e domain.Escalation) (domain.EscalationFile, error) {
	l, policy := localOf(&f), Published()
	rule := ProfileOf(f.Relationship, f.Owed).rule()
	file := handedFile{
		Reference: e.ID.String(), HandedOverOn: e.HandedOn.String(), Agency: e.AgencyName, Factor: handedParty{oneLine(f.Factor.Name), oneLine(f.Factor.Email)},
		Seller: oneLine(f.Seller.Name), Debtor: handedDebtor{oneLine(f.Relationship.Name), f.Relationship.Country, []string{}},
		Policy: handedPolicy{policy.GapDays, policy.Ceiling, policy.CeilingDays, hour(policy.Opens), hour(policy.Closes), max(rule.CallDays, policy.GapDays), rule.HumanFrom > 0},
		Rules: []string{
			"Courtesy: no threat, no judgement, no hurry, and nothing to anybody but the debtor.",
			"The debtor's word counts: what it says, promises, asks or does not agree to goes to the factor on the same day, and nothing more is asked for until the factor has answered.",
			"Payment goes to the account in the notice of assignment only. The account is not in this file and is not given by telephone.",
			"The factor may call you back at any time, and you stop that day.",
		},
	}
	for line := range strings.SplitSeq(f.Relationship.Address, "\n") {
		if line = oneLine(line); line != "" {
			file.Debtor.Address = append(file.Debtor.Address, line)
		}
	}
	for _, id := range e.Deals {
		item, _ := f.Item(id)
		asked := ask(&f, &item, f.Now)
		if !asked.Positive() {
			continue
		}
		file.Claims = append(file.Claims, handedClaim{
			item.Deal.InvoiceNumber, item.Issued.String(), item.Deal.Due.String(), string(asked.Currency()), asked.Decimal(), item.Deal.Reference.String(),
		})
	}
	for i := range f.Touches {
		t := &f.Touches[i]
		if t.Status == domain.TouchSent && reached(t) && slices.ContainsFunc(t.Items, func(id domain.DealID) bool { return slices.Contains(e.Deals, id) }) {
			file.Messages = append(file.Messages, handedMessage{l.day(claimed(t)).String(), className[t.Class]})
		}
	}
	content, err := json.MarshalIndent(file, "", "  ")
	if err != nil {
		return domain.EscalationFile{}, fmt.Errorf("write what is handed over: %w", err)
	}
	content = append(content, '\n')
	digest := sha256.Sum256(content)
	return domain.EscalationFile{Escalation: e.ID, Factor: e.Factor, Content: content, SHA256: digest[:]}, nil
}
