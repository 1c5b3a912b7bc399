package marketplace_test

import (
	"errors"
	"testing"

	"comity/domain"
	"comity/marketplace"
	"comity/underwriting"
)

func TestWhoADebtorIsStaysWhileItsInvoiceIsSold(t *testing.T) {
	m := newMarket(t, underwriting.EngineV1{})
	m.deal()
	name, email, nobody, country, kind, tax := "Somebody Else, Inc.", "new@harborpine.example", "", "CA", domain.Partnership, "US-9"
	version := 1
	tests := []struct {
		name   string
		change marketplace.RelationshipChange
		want   error
	}{
		{"another name", marketplace.RelationshipChange{Name: &name}, domain.ErrWrongState},
		{"another country", marketplace.RelationshipChange{Country: &country}, domain.ErrWrongState},
		{"another legal type", marketplace.RelationshipChange{LegalType: &kind}, domain.ErrWrongState},
		{"another tax number", marketplace.RelationshipChange{TaxID: &tax}, domain.ErrWrongState},
		{"no address any more", marketplace.RelationshipChange{Email: &nobody}, domain.ErrWrongState},
		{"another address", marketplace.RelationshipChange{Email: &email}, nil},
		{"the same address again", marketplace.RelationshipChange{Email: &email}, nil},
	}
	for _, tc := range tests {
		changed, err := m.service.ChangeRelationship(t.Context(), m.as(m.seller), m.rel, version, tc.change)
		if !errors.Is(err, tc.want) || (err == nil && (!changed.Identified() || changed.Email != email)) {
			t.Errorf("%s: %v, want %v (%+v)", tc.name, err, tc.want, changed)
		}
		if err == nil {
			version = changed.Version
		}
	}
	if version != 2 {
		t.Errorf("version %d, want 2: a change that changes nothing is no change", version)
	}
	m.exec(`UPDATE deals SET status = 'settled'`)
	changed, err := m.service.ChangeRelationship(t.Context(), m.as(m.seller), m.rel, version, marketplace.RelationshipChange{Name: &name})
	if err != nil || !changed.Identified() {
		t.Errorf("once the deal is over: %v, %+v", err, changed)
	}
	var debtors int
	if err := m.db.QueryRowContext(t.Context(), `SELECT count(*) FROM debtors`).Scan(&debtors); err != nil || debtors != 2 {
		t.Errorf("%d debtors, want the old and the new: %v", debtors, err)
	}
}
