package portal

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"comity/domain"
)

// A sheet is one form on a page of its own: what it is about, its fields, and why
// it was refused.
type sheet struct {
	frame
	Item                  *viewItem // what it is about; nil: everything
	Heading, Note, Button string
	Action                string
	Fields                []field
	Refused               string
	RefusedField          string // "": no single one
	Nonce                 string
	Sent                  []string // the evidence of what was sent
	Listed                []string // the instalments of a plan
	Agreed                []string // who did, and whose word is missing
	Hidden                map[string]string
	Kept                  map[string]string // fields that stand fixed in the form

	page      domain.DebtorPage
	now       time.Time
	item      domain.DebtorItem
	dispute   domain.Dispute
	plan      domain.Plan
	mediation domain.Mediation
	today     domain.Date
	filled    form
}

// A field is one thing that is typed or chosen.
type field struct {
	Name, Label, Hint, Value string
	Kind                     string // amount, date, number, words, code, choice, select
	Options                  []option
	Optional                 bool
	Min, Max                 string
	Length                   int
	Refused                  string
}

// An option is one of a choice.
type option struct{ Value, Label string }

// promiseDays is how far ahead the page offers a day; the use case decides (D-18).
const promiseDays = 14

// sheetOf lays out the form of a deed; false when it is about an invoice that is
// not open on this page.
func (p *portal) sheetOf(f frame, page domain.DebtorPage, v visit, d deed, filled form) (*sheet, bool) {
	s := &sheet{
		frame: f.of(page), Action: d.verb, filled: filled, page: page, now: v.by.Now, today: domain.DateOf(v.by.Now.In(page.Zone())), Nonce: p.Door.nonce(v.link, p.Random(nonceBytes)),
	}
	if deal, err := domain.ParseDealID(filled.Deal); filled.Deal != "" && d.about >= aboutEither && (err != nil || !s.on(deal)) {
		return nil, false
	}
	if !s.find(d.about) || d.about == aboutInvoice && s.Item == nil {
		return nil, false
	}
	d.lay(s)
	s.Title = s.Heading
	return s, true
}

// on lets the sheet be about an invoice; false when it is not on the page.
func (s *sheet) on(deal domain.DealID) bool {
	item, ok := s.page.Item(deal)
	if ok {
		shown := itemOf(s.T, s.page, item, s.today, s.now)
		s.item, s.Item = item, &shown
	}
	return ok
}

// latest is the last day that can be promised here.
func (s *sheet) latest() domain.Date { return s.today.Plus(promiseDays) }

// add adds a field, filled with what was typed before.
func (s *sheet) add(f field) {
	if typed, ok := s.filled.typed[f.Name]; ok {
		f.Value = typed
	}
	s.Fields = append(s.Fields, f)
}

// words adds a field for what somebody wants to say.
func (s *sheet) words(label phrase, optional bool) {
	said := string(label)
	if optional {
		said = s.T.Optional.With("label", said)
	}
	s.add(field{Name: "said", Label: said, Kind: "words", Length: maxSaid, Optional: optional})
}

// choose adds a choice of one.
func (s *sheet) choose(name string, label, hint phrase, chosen string, options ...option) {
	s.add(field{Name: name, Label: string(label), Hint: string(hint), Kind: "choice", Options: options, Value: chosen})
}

// amount adds a field for an amount in the currency of the invoice.
func (s *sheet) amount(label phrase, instead string) {
	s.add(field{
		Name: "amount", Label: label.With("currency", string(s.item.Open.Currency())), Hint: s.T.AmountHint.With("example", s.T.typed(s.item.Open)),
		Kind: "amount", Length: 30, Value: instead,
	})
}

// refused says why a form was refused, at its field where it is about one.
func (s *sheet) refused(d deed, r *domain.Refusal) {
	key, at := s.T.refused(d.verb, r)
	s.Refused = s.T.Refusals[key].With("open", s.T.sum(s.item.Open), "latest", s.T.short(s.latest()), "example", s.T.typed(s.item.Open),
		"day", s.today.String(), "most", strconv.Itoa(maxSaid))
	s.Title = string(s.T.Look) + ": " + s.Title
	if i := slices.IndexFunc(s.Fields, func(f field) bool { return f.Name == at }); i >= 0 {
		s.Fields[i].Refused, s.RefusedField = s.Refused, at
	}
}

// fieldsOf says which field a refusal is about that does not say so itself.
var fieldsOf = map[string]string{"more-than-open": "amount", "promise-too-far": "day", "not-an-amount": "amount", "not-a-day": "day", "out-of-order": "day", "too-far": "day"}

// refused returns the phrase that says a refusal to a person, and the field that
// it is about, "" for none: the most particular phrase there is.
func (w *words) refused(verb string, r *domain.Refusal) (key, at string) {
	codes := []string{verb + " " + r.Code, r.Code}
	if len(r.Fields) > 0 {
		pointer := strings.Trim(r.Fields[0].Pointer, "/")
		at, _, _ = strings.Cut(pointer, "/")
		switch {
		case strings.HasSuffix(at, "_on"):
			at = "day"
		case at == "instalments":
			at = "count"
		}
		codes = append([]string{r.Fields[0].Code}, codes...)
	}
	if strings.HasPrefix(verb, deedMediation) || verb == deedMediate {
		codes = append([]string{"mediation " + r.Code}, codes...)
	}
	for _, code := range codes {
		if _, ok := w.Refusals[code]; ok {
			if field, known := fieldsOf[code]; known {
				at = field
			}
			return code, at
		}
	}
	return "other", at
}

// Is reports whether an option is the one that is chosen. Nothing is chosen for somebody
// who was asked nothing yet, unless the option that says nothing is one of them.
func (f field) Is(value string) bool { return f.Value == value }

// Address is where the form goes, and where it can be opened again.
func (s *sheet) Address() string {
	var query []string
	if s.Item != nil && len(s.Hidden) == 0 {
		query = append(query, "deal", s.Item.Deal)
	}
	for name, value := range s.Hidden {
		query = append(query, name, value)
	}
	return s.To(s.Action, query...)
}
