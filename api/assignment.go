package api

import (
	"regexp"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"comity/domain"
)

// Assignment is what the contract between a seller and its debtor says of assigning what is owed under it.
type Assignment struct {
	Clause string `json:"clause" enums:"none,forbids" example:"forbids"`
	// ISO 3166-1 alpha-2, or a part of it after ISO 3166-2.
	GoverningLaw *string `json:"governing_law" extensions:"x-nullable" example:"GB-ENG"`
	// The day of the contract.
	ContractOn *string `json:"contract_on" extensions:"x-nullable" format:"date" example:"2024-03-01"`
	// You were a small or medium-sized business on that day.
	SmallSeller bool `json:"small_seller" example:"true"`
	// The debtor's word that it may be assigned all the same; null: none.
	Consent *DebtorConsent `json:"consent" extensions:"x-nullable"`
} //	@name	Assignment

// DebtorConsent is a debtor's word that what it owes may be assigned though its contract forbids it.
type DebtorConsent struct {
	// Who gave it.
	By string `json:"by" example:"Ms Okafor, head of purchasing" maxLength:"200"`
	On string `json:"on" format:"date" example:"2026-01-20"`
	// In which document.
	Evidence string `json:"evidence" example:"Her letter of 20 January, scanned as consent-ovb.pdf" maxLength:"1000"`
} //	@name	DebtorConsent

// AssignmentRequest is what a contract says of assignment.
type AssignmentRequest struct {
	Clause       string         `json:"clause" enums:"none,forbids" example:"forbids"`
	GoverningLaw string         `json:"governing_law,omitempty" example:"GB-ENG"`
	ContractOn   string         `json:"contract_on,omitempty" format:"date" example:"2024-03-01"`
	SmallSeller  bool           `json:"small_seller,omitempty" example:"true" default:"false"`
	Consent      *DebtorConsent `json:"consent,omitempty"`
} //	@name	AssignmentRequest

var isPlace = regexp.MustCompile(`^[A-Z]{2}(-[A-Z0-9]{1,3})?$`)

const (
	wantedPlace  = "write a country such as DE, or a part of one such as GB-ENG"
	wantedClause = "none or forbids"
	maxConsent   = 1000
)

// clause checks what a contract says.
func (k *checker) clause(pointer, value string) domain.AssignmentClause {
	clause := domain.AssignmentClause(value)
	if clause != domain.ClauseNone && clause != domain.ClauseForbids {
		k.wrong(pointer, "not-allowed", wantedClause)
	}
	return clause
}

func (k *checker) consent(pointer string, c *DebtorConsent) domain.DebtorConsent {
	if c == nil {
		return domain.DebtorConsent{}
	}
	return domain.DebtorConsent{By: k.oneLine(pointer+"/by", c.By, true, 200), On: k.date(pointer+"/on", c.On), Evidence: k.text(pointer+"/evidence", c.Evidence, true, maxConsent)}
}

func (k *checker) assignment(r *AssignmentRequest) domain.Assignment {
	if r == nil {
		return domain.Assignment{}
	}
	return domain.Assignment{
		Clause: k.clause("/assignment/clause", r.Clause), GoverningLaw: k.shaped("/assignment/governing_law", r.GoverningLaw, isPlace, wantedPlace),
		ContractOn: k.dayOr("/assignment/contract_on", r.ContractOn), SmallSeller: r.SmallSeller, Consent: k.consent("/assignment/consent", r.Consent),
	}
}

// ChangeAssignmentRequest is what becomes different of what a contract says; null removes.
type ChangeAssignmentRequest struct {
	is member

	Clause       merged[string]       `json:"clause,omitempty" swaggertype:"string" enums:"none,forbids" example:"forbids"`
	GoverningLaw merged[string]       `json:"governing_law,omitempty" swaggertype:"string" extensions:"x-nullable" example:"GB-ENG"`
	ContractOn   merged[string]       `json:"contract_on,omitempty" swaggertype:"string" extensions:"x-nullable" format:"date" example:"2024-03-01"`
	SmallSeller  merged[bool]         `json:"small_seller,omitempty" swaggertype:"boolean" extensions:"x-nullable" example:"true"`
	Consent      ChangeConsentRequest `json:"consent,omitempty" extensions:"x-nullable"`
} //	@name	ChangeAssignmentRequest

// ChangeConsentRequest is what becomes different of a debtor's consent; null removes.
type ChangeConsentRequest struct {
	is member

	By       merged[string] `json:"by,omitempty" swaggertype:"string" example:"Ms Okafor, head of purchasing"`
	On       merged[string] `json:"on,omitempty" swaggertype:"string" format:"date" example:"2026-01-20"`
	Evidence merged[string] `json:"evidence,omitempty" swaggertype:"string" example:"Her letter of 20 January, scanned as consent-ovb.pdf"`
} //	@name	ChangeConsentRequest

// A member is an object in a merge patch: given or not, and null removes all of it.
type member struct{ given, removed bool }

// UnmarshalJSONFrom implements json.UnmarshalerFrom.
func (r *ChangeAssignmentRequest) UnmarshalJSONFrom(in *jsontext.Decoder) error {
	type plain ChangeAssignmentRequest
	value, is, err := patched[plain](in)
	*r = ChangeAssignmentRequest(value)
	r.is = is
	return err
}

// UnmarshalJSONFrom implements json.UnmarshalerFrom.
func (r *ChangeConsentRequest) UnmarshalJSONFrom(in *jsontext.Decoder) error {
	type plain ChangeConsentRequest
	value, is, err := patched[plain](in)
	*r = ChangeConsentRequest(value)
	r.is = is
	return err
}

// patched reads an object of a merge patch.
func patched[T any](in *jsontext.Decoder) (value T, is member, err error) {
	var read *T
	if err = json.UnmarshalDecode(in, &read); read != nil {
		value = *read
	}
	return value, member{given: true, removed: read == nil}, err
}

// change returns what the part does to what is known of a contract; nil: nothing.
func (r ChangeAssignmentRequest) change(k *checker) func(domain.Assignment) domain.Assignment {
	if !r.is.given {
		return nil
	}
	clause := checked(r.Clause.or(""), func(s string) domain.AssignmentClause { return k.clause("/assignment/clause", s) })
	law := checked(r.GoverningLaw.or(""), func(s string) string { return k.shaped("/assignment/governing_law", s, isPlace, wantedPlace) })
	on := checked(r.ContractOn.or(""), func(s string) domain.Date { return k.dayOr("/assignment/contract_on", s) })
	small, consent := r.SmallSeller.or(false), r.Consent.change(k)
	return func(a domain.Assignment) domain.Assignment {
		if r.is.removed {
			return domain.Assignment{}
		}
		put(&a.Clause, clause)
		put(&a.GoverningLaw, law)
		put(&a.ContractOn, on)
		put(&a.SmallSeller, small)
		a.Consent = consent(a.Consent)
		return a
	}
}

func (r ChangeConsentRequest) change(k *checker) func(domain.DebtorConsent) domain.DebtorConsent {
	by := checked(r.By.or(""), func(s string) string { return k.oneLine("/assignment/consent/by", s, true, 200) })
	on := checked(r.On.or(""), func(s string) domain.Date { return k.date("/assignment/consent/on", s) })
	evidence := checked(r.Evidence.or(""), func(s string) string { return k.text("/assignment/consent/evidence", s, true, maxConsent) })
	return func(c domain.DebtorConsent) domain.DebtorConsent {
		if r.is.removed {
			return domain.DebtorConsent{}
		}
		put(&c.By, by)
		put(&c.On, on)
		put(&c.Evidence, evidence)
		return c
	}
}

func put[T any](part *T, value *T) {
	if value != nil {
		*part = *value
	}
}

func assignmentOf(a domain.Assignment) *Assignment {
	if a.Clause == "" {
		return nil
	}
	return &Assignment{
		Clause: string(a.Clause), GoverningLaw: textOrNull(a.GoverningLaw), ContractOn: dateOrNull(a.ContractOn), SmallSeller: a.SmallSeller, Consent: consentOf(a.Consent),
	}
}

func consentOf(c domain.DebtorConsent) *DebtorConsent {
	if c == (domain.DebtorConsent{}) {
		return nil
	}
	return &DebtorConsent{By: c.By, On: c.On.String(), Evidence: c.Evidence}
}

// Assignable says why an invoice may be assigned, whatever its contract says: what a factor sees before it buys.
type Assignable struct {
	// The seller has not said what the contract says; nothing forbids it; the debtor consented; or a law that counsel signed for overrides the clause.
	Ground string `json:"ground" enums:"not_stated,no_clause,consent,law" example:"law"`
	// What the seller says of the contract; null: nothing.
	Assignment *Assignment `json:"assignment" extensions:"x-nullable"`
	// That overrides the clause; null on other grounds.
	Law *AssignableLaw `json:"law" extensions:"x-nullable"`
} //	@name	Assignable

// AssignableLaw is a row of law that overrides a clause, as counsel signed it.
type AssignableLaw struct {
	Code      string `json:"code" example:"gb-eng-assignment-override"`
	Text      string `json:"text" example:"A term in a contract that forbids a small supplier to assign what is owed to it has no effect."`
	Counsel   string `json:"counsel" example:"Hale & Partners LLP, M. Hale"`
	Reference string `json:"reference" example:"Opinion 2026-014"`
	// The signature's last day.
	ReviewBy string `json:"review_by" format:"date" example:"2027-01-14"`
} //	@name	AssignableLaw

func assignableOf(a domain.Assignable) Assignable {
	out := Assignable{Ground: string(a.Ground), Assignment: assignmentOf(a.Assignment)}
	if a.Law != "" {
		out.Law = &AssignableLaw{Code: a.Law, Text: a.LawText, Counsel: a.Counsel, Reference: a.Reference, ReviewBy: a.ReviewBy.String()}
	}
	return out
}
