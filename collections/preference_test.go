package collections_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/uuid"

	"comity/collections"
	"comity/domain"
)

// collectorOf is somebody of the factor of story A.
func (h *house) collectorOf(factor domain.OrganizationID, now string) domain.Caller {
	return domain.Caller{
		User: domain.New[domain.UserID](), Organization: factor, Kind: domain.KindFactor, Role: domain.RoleCollector, World: h.facts.Case.World, Sandbox: true, Now: at(now),
	}
}

// TestWhatADebtorWantsIsRecordedForEveryTenant holds C-101, D-7 and D-22: one row of the platform
// by the address, an audit row, and a sentence that names no other tenant.
func TestWhatADebtorWantsIsRecordedForEveryTenant(t *testing.T) {
	h := newHouse(t)
	ctx, k := t.Context(), h.facts.Case
	ana := h.collectorOf(k.Factor, "2026-02-06 10:00")
	card, err := h.cases.Contact(ctx, ana, k.ID)
	if err != nil || card.Preferences.Kind != domain.ContactPerson || card.Preferences.Mode != domain.ModeEach || card.Preferences.Source != "" || card.Profile != collections.ProtectionNone || !card.HardshipSince.IsZero() {
		t.Fatalf("before anything was said: %+v, %v", card, err)
	}
	wishes := domain.Preferences{Kind: domain.ContactRole, Mode: domain.ModePortalOnly, OptedOut: []domain.Channel{domain.ChannelPhone, domain.ChannelPhone}, Prefers: domain.ChannelEmail, Source: " Ms Ruiz by telephone "}
	for range 2 { // the same again changes nothing
		if card, err = h.cases.SetContact(ctx, ana, k.ID, wishes); err != nil {
			t.Fatal(err)
		}
		ana.Now = at("2026-02-06 11:00")
	}
	if !card.Preferences.At.Equal(at("2026-02-06 10:00")) || card.Preferences.Source != "Ms Ruiz by telephone" {
		t.Errorf("recorded: %+v", card)
	}
	h.is("the row", h.text(`SELECT concat_ws(' ', kind, mode, opted_out, prefers, source, asked_at) FROM contact_preferences`), "role portal_only {phone} email Ms Ruiz by telephone")
	h.is("audit rows", h.text(`SELECT string_agg(action || ' ' || subject_kind, ', ') FROM audit`), "contact.recorded case")
	h.is("what factor and seller read", h.text(`SELECT string_agg(said, '|') FROM events WHERE factor_id = $1 AND seller_id = $2`, k.Factor.UUID, k.Seller.UUID),
		"Harbor & Pine Hotels, Inc. asked to be written to on its page only, and not to be rung, and to be written to rather than rung.")
	h.exec(`INSERT INTO questions (id, case_id, factor_id, seller_id, said, reason, asked_at, answer, answered_at) VALUES (gen_random_uuid(), $1, $2, $3, 'x', 'cash_flow', $4, 'y', $4)`,
		k.ID.UUID, k.Factor.UUID, k.Seller.UUID, at("2026-02-06 09:00"))
	h.exec(`UPDATE relationships SET legal_type = 'sole_trader', region = 'US-CA'`)
	if card, err = h.cases.Contact(ctx, ana, k.ID); err != nil || card.Profile != collections.ProtectionCalifornia || !card.HardshipSince.Equal(at("2026-02-06 09:00")) {
		t.Errorf("profile and hardship: %+v, %v", card, err)
	}
	h.is("the case", h.next(), "2026-02-06 10:00")
}

// TestOnlyTheFactorRecordsWhatADebtorWants holds D-7: the row is not the seller's to read, and
// another factor has no such case.
func TestOnlyTheFactorRecordsWhatADebtorWants(t *testing.T) {
	h := newHouse(t)
	ctx, k := t.Context(), h.facts.Case
	good := domain.Preferences{Kind: domain.ContactRole, Mode: domain.ModeDigest, Source: "its mail of today"}
	seller := domain.Caller{Organization: k.Seller, Kind: domain.KindSeller, World: k.World, Now: at("2026-02-06 10:00")}
	tests := map[string]struct {
		by     domain.Caller
		wishes domain.Preferences
		want   error
	}{
		"the seller":                 {seller, good, domain.ErrForbidden},
		"another factor":             {h.collectorOf(domain.New[domain.OrganizationID](), "2026-02-06 10:00"), good, domain.ErrNotFound},
		"without how we know":        {h.collectorOf(k.Factor, "2026-02-06 10:00"), domain.Preferences{Kind: domain.ContactRole, Mode: domain.ModeDigest, Source: " "}, domain.ErrInvalid},
		"who prefers what it hates":  {h.collectorOf(k.Factor, "2026-02-06 10:00"), domain.Preferences{Kind: domain.ContactRole, Mode: domain.ModeEach, OptedOut: []domain.Channel{"phone"}, Prefers: "phone", Source: "x"}, domain.ErrInvalid},
		"the factor, to be complete": {h.collectorOf(k.Factor, "2026-02-06 10:00"), good, nil},
	}
	for name, tc := range tests {
		if _, err := h.cases.SetContact(ctx, tc.by, k.ID, tc.wishes); !errors.Is(err, tc.want) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := h.cases.Contact(ctx, tc.by, k.ID); (err == nil) != (tc.by.Organization == k.Factor) {
			t.Errorf("%s reads: %v", name, err)
		}
	}
	h.is("rows", h.text(`SELECT string_agg(mode, ' ') FROM contact_preferences`), "digest")
}

// TestADigestWaitsForTheOtherSellersLetter holds D-22 in the database: of one factor one
// message a week reaches a mailbox that asked for that; the seller reads a pause.
func TestADigestWaitsForTheOtherSellersLetter(t *testing.T) {
	h := newHouse(t)
	ctx, k := t.Context(), h.facts.Case
	h.load("2026-02-04", "2026-03-20")
	h.exec(`UPDATE conditions SET evidence = 'x', occurred_at = $1 WHERE code = 'notice_delivered'`, at("2026-02-05 10:02"))
	ana := h.collectorOf(k.Factor, "2026-02-20 10:00")
	if _, err := h.cases.SetContact(ctx, ana, k.ID, domain.Preferences{Kind: domain.ContactRole, Mode: domain.ModeDigest, Source: "its mail"}); err != nil {
		t.Fatal(err)
	}
	other := func(factor uuid.UUID, class, when string) {
		id := uuid.New()
		h.exec(`INSERT INTO touches (id, world_id, case_id, factor_id, seller_id, relationship_id, cycle, step, class, tone, status, recipient, contact_key, created_at, claimed_at)
			SELECT $1, $2, gen_random_uuid(), $3, gen_random_uuid(), gen_random_uuid(), 1, 'post_due:1', $4, 1, 'sent', 'dana@harborpine.example', contact_key, $5, $5 FROM contact_preferences`, id, k.World.UUID, factor, class, at(when))
		h.exec(`INSERT INTO contacts_made (world_id, contact_key, touch_id, seller_id, counted, daily, at)
			SELECT $1, contact_key, $2, gen_random_uuid(), true, true, $3 FROM contact_preferences`, k.World.UUID, id, at(when))
	}
	other(uuid.New(), "reminder", "2026-02-23 10:00") // another factor's has its own week
	other(k.Factor.UUID, "reminder", "2026-02-24 10:00")
	h.act("2026-02-25 09:30")
	h.is("the gate", h.text(`SELECT array_to_string(codes, ' ') || ': ' || array_to_string(outward, ' ') FROM gate_decisions ORDER BY id DESC LIMIT 1`), "ceiling_7_in_7: considerate_pause")
	if facts := h.text(`SELECT facts FROM gate_decisions ORDER BY id DESC LIMIT 1`); !strings.Contains(facts, "digest: one a week") {
		t.Errorf("facts: %s", facts)
	}
	seller := domain.Caller{Organization: k.Seller, Kind: domain.KindSeller, World: k.World, Now: at("2026-02-25 10:00")}
	shown, err := h.cases.GateDecisions(ctx, seller, k.ID, domain.Page{Limit: 9})
	if err != nil || len(shown) != 1 || strings.Join(shown[0].Codes, " ") != "considerate_pause" || shown[0].Facts != "a considerate pause" {
		t.Errorf("the seller reads %+v, %v", shown, err)
	}
	h.exec(`DELETE FROM contacts_made`)
	h.act("2026-02-26 09:30")
	h.is("sent", h.text(`SELECT step FROM touches WHERE case_id = $1`, k.ID.UUID), "pre_due:2026-03-04")
	other(k.Factor.UUID, "call", "2026-02-26 11:00")
	h.is("what the facts know of each", h.text(`SELECT string_agg(concat_ws(' ', 'own', c->>'own', 'ours', c->>'ours', 'call', c->>'call'), ', ' ORDER BY c->>'at')
		FROM contact_preferences p, jsonb_array_elements(load_case($1, p.contact_key, $2)->'contacts') c`, k.ID.UUID, at("2026-02-26 12:00")), "own true ours true call false, own false ours true call true")
}
