package api

import (
	"mime"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"comity/domain"
	"comity/formats"
	"comity/marketplace"
	"comity/money"
)

const (
	maxInvoiceBytes = 10 << 20
	maxNumber       = 100
	maxSummary      = 300
	maxAccount      = 100
	maxAccounts     = 20
)

var errEInvoice = &domain.Refusal{Kind: domain.Invalid, Code: "e-invoice-broken", Title: "The e-invoice breaks rules that decide"}

// CreateInvoiceRequest is an invoice that is typed in.
type CreateInvoiceRequest struct {
	RelationshipID string                 `json:"relationship_id" example:"rel_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Number         string                 `json:"number" example:"2026-0117"`
	TypeCode       string                 `json:"type_code,omitempty" default:"380" example:"380"`
	IssueDate      string                 `json:"issue_date" format:"date" example:"2026-01-14"`
	DueDate        string                 `json:"due_date,omitempty" format:"date" example:"2026-02-13"`
	Payable        Money                  `json:"payable"`
	OrderReference string                 `json:"order_reference,omitempty" example:"PO 4471"`
	Summary        string                 `json:"summary,omitempty" example:"4,000 × Menu A4, 600 × Room directory"`
	SupplierTaxID  string                 `json:"supplier_tax_id,omitempty" example:"US-311234567"`
	EarlyDiscounts []EarlyDiscountRequest `json:"early_discounts,omitempty"`
	Retention      *Money                 `json:"retention,omitempty"`
	Withholding    *Money                 `json:"withholding,omitempty"`
	// The account that the invoice asks to be paid to: an IBAN, or an account number. An e-invoice says it itself. Nothing is bought confidentially without it.
	PaidTo string `json:"paid_to,omitempty" example:"DE89370400440532013000"`
} //	@name	CreateInvoiceRequest

// EarlyDiscountRequest is what the debtor may take off if it pays by a day.
type EarlyDiscountRequest struct {
	Percent string `json:"percent" example:"0.02"`
	Until   string `json:"until" format:"date" example:"2026-01-24"`
} //	@name	EarlyDiscountRequest

// draftOf reads an invoice in whichever of its two forms it comes.
func draftOf(c *gin.Context) (marketplace.Draft, error) {
	if err := mediaType(c, "application/json", "application/xml", "text/xml"); err != nil {
		return marketplace.Draft{}, err
	}
	media, _, _ := mime.ParseMediaType(c.GetHeader("Content-Type")) // mediaType has read it
	if media != "application/json" {
		return documentDraft(c, media)
	}
	request, err := bodyOnly[CreateInvoiceRequest](c)
	if err != nil {
		return marketplace.Draft{}, err
	}
	return request.draft()
}

var typeCode = regexp.MustCompile(`^[0-9]{1,3}$`)

func (r CreateInvoiceRequest) draft() (marketplace.Draft, error) {
	var k checker
	if r.TypeCode == "" {
		r.TypeCode = "380"
	}
	relationship, err := domain.ParseRelationshipID(r.RelationshipID)
	if err != nil {
		k.wrong("/relationship_id", "not-an-id", "write the id of a relationship")
	}
	if !typeCode.MatchString(r.TypeCode) {
		k.wrong("/type_code", "not-a-type-code", "write a code of UNTDID 1001, such as \"380\"")
	}
	draft := marketplace.Draft{Invoice: domain.Invoice{
		Relationship: relationship, Source: "json", TypeCode: r.TypeCode, Number: k.oneLine("/number", r.Number, true, maxNumber),
		SupplierTaxID: k.oneLine("/supplier_tax_id", r.SupplierTaxID, false, 50), Issued: k.date("/issue_date", r.IssueDate),
		Due: k.dayOr("/due_date", r.DueDate), Payable: k.amount("/payable", r.Payable),
		OrderReference: k.oneLine("/order_reference", r.OrderReference, false, 200), Summary: k.text("/summary", r.Summary, false, maxSummary),
	}}
	if r.PaidTo != "" {
		draft.Invoice.PaidTo = []string{k.account("/paid_to", r.PaidTo)}
	}
	inv := draft.Invoice
	draft.Supplier = marketplace.Supplier{TaxNumber: inv.SupplierTaxID}
	if !inv.Due.IsZero() && inv.Due.Before(inv.Issued) {
		k.wrong("/due_date", "before-issue", "an invoice is due on its issue date at the earliest")
	}
	draft.Retained = k.part("/retention", r.Retention, inv.Payable.Currency())
	draft.Withheld = k.part("/withholding", r.Withholding, inv.Payable.Currency())
	draft.Discounts = k.discounts(r.EarlyDiscounts, inv.Payable)
	return draft, k.err()
}

var writtenAccount = regexp.MustCompile(`^[A-Z0-9-]{4,34}$`)

// account checks the account that an invoice names. It is not repeated.
func (k *checker) account(pointer, value string) string {
	written := domain.Written(value)
	if !writtenAccount.MatchString(written) {
		k.wrong(pointer, "not-an-account-number", "an IBAN, or an account number of 4 to 34 letters and digits")
	}
	return written
}

// part checks an amount that is taken off another: in its currency and not negative.
func (k *checker) part(pointer string, m *Money, currency money.Currency) money.Amount {
	if m == nil {
		return money.Minor(0, currency)
	}
	a := k.amount(pointer, *m)
	if a.Currency() != currency {
		k.wrong(pointer+"/currency", "other-currency", "write it in the currency of the invoice")
	}
	if a.Negative() {
		k.wrong(pointer+"/amount", "negative", "an amount that is taken off is not negative")
	}
	return a
}

func (k *checker) discounts(requests []EarlyDiscountRequest, payable money.Amount) []marketplace.Discount {
	if len(requests) > 20 {
		k.wrong("/early_discounts", "too-many", "at most 20")
		return nil
	}
	var discounts []marketplace.Discount
	for _, r := range requests {
		discounts = append(discounts, marketplace.Discount{
			Percent: k.rate("/early_discounts/percent", r.Percent, money.Rate{}, money.Percent(100)), Base: payable,
			Until: k.date("/early_discounts/until", r.Until),
		})
	}
	return discounts
}

// documentDraft reads an invoice from a UBL or CII document.
func documentDraft(c *gin.Context, media string) (marketplace.Draft, error) {
	if err := onlyQuery(c, "relationship_id", "file_name"); err != nil {
		return marketplace.Draft{}, err
	}
	relationship, err := domain.ParseRelationshipID(c.Query("relationship_id"))
	if err != nil {
		return marketplace.Draft{}, domain.ErrUnreadable.At("relationship_id", "not-an-id", "write the id of a relationship")
	}
	data, err := xmlBody(c, maxInvoiceBytes)
	if err != nil {
		return marketplace.Draft{}, err
	}
	read := formats.ReadEInvoice(data)
	if !read.OK() {
		return marketplace.Draft{}, brokenEInvoice(read)
	}
	draft, err := documentTerms(read)
	if err != nil {
		return marketplace.Draft{}, err
	}
	draft.Invoice.Relationship = relationship
	draft.Document = marketplace.NewDocument(media, domain.FileName(c.Query("file_name"), "invoice.xml"), data)
	return draft, nil
}

// brokenEInvoice names every deciding rule that a document breaks.
func brokenEInvoice(read formats.EResult) error {
	refusal := errEInvoice
	if read.Err != "" {
		refusal = refusal.Because("%s", read.Err)
	}
	for _, rule := range read.Rules {
		detail := "rule " + rule + " of EN 16931 is broken"
		if read.Err != "" {
			detail = read.Err
		}
		refusal = refusal.At("/", rule, detail)
	}
	return refusal
}

// documentTerms takes over what a document says.
func documentTerms(read formats.EResult) (marketplace.Draft, error) {
	var k checker
	said := read.Invoice
	payable := k.exact("/", said.Payable, said.Currency)
	seller := said.Seller
	draft := marketplace.Draft{
		Invoice: domain.Invoice{
			Source: said.Syntax, TypeCode: said.TypeCode, Number: k.oneLine("/", said.Number, true, maxNumber),
			SupplierTaxID: k.oneLine("/", firstOf(seller.VAT, seller.TaxNumber), false, 50),
			Issued:        k.date("/", said.IssueDate), Due: k.dayOr("/", said.DueDate), Payable: payable,
			OrderReference: k.oneLine("/", said.OrderReference, false, 200), Summary: summary(said), Warnings: read.Warnings,
		},
		Supplier: marketplace.Supplier{VAT: seller.VAT, TaxNumber: seller.TaxNumber, ID: seller.ID, Name: seller.Name},
		Unclear:  said.TermsUnclear,
		Retained: money.Minor(0, payable.Currency()), Withheld: money.Minor(0, payable.Currency()),
	}
	if err := k.err(); err != nil {
		return draft, err
	}
	for _, account := range said.PayeeAccounts {
		written := domain.Written(account)
		written = written[:min(len(written), maxAccount)] // no account is as long: it stays another one
		if written != "" && !slices.Contains(draft.Invoice.PaidTo, written) && len(draft.Invoice.PaidTo) < maxAccounts {
			draft.Invoice.PaidTo = append(draft.Invoice.PaidTo, written)
		}
	}
	for _, d := range said.Discounts {
		discount, clear := documentDiscount(d, draft.Invoice)
		draft.Discounts = append(draft.Discounts, discount)
		draft.Unclear = draft.Unclear || !clear
	}
	return draft, nil
}

// exact reads an amount as a document writes it: never rounded.
func (k *checker) exact(pointer, text, code string) money.Amount {
	currency, err := money.ParseCurrency(code)
	if err != nil {
		k.wrong(pointer, "unknown-currency", "%q is not a currency that books are kept in", code)
		return money.Amount{}
	}
	a, err := money.ParseExact(text, currency)
	if err != nil {
		k.wrong(pointer, "not-an-amount", "the payable amount is not one of at most %d places", currency.Places())
	}
	return a
}

// documentDiscount takes over an early-payment discount, and says whether it
// could be understood. A per cent of a base is worked out here, rounded once.
func documentDiscount(d formats.EDiscount, inv domain.Invoice) (marketplace.Discount, bool) {
	base, until, clear := inv.Payable, inv.Issued.Plus(d.Days), true
	if d.Until != "" {
		day, err := domain.ParseDate(d.Until)
		until, clear = day, err == nil
	}
	if text := firstOf(d.Amount, d.Basis); text != "" {
		amount, err := money.ParseExact(text, inv.Payable.Currency())
		base, clear = amount, clear && err == nil
	}
	if d.Amount == "" {
		percent, err := money.ParseRate(d.Percent)
		if err != nil {
			return marketplace.Discount{Base: money.Minor(0, inv.Payable.Currency()), Until: until}, false
		}
		base = base.Share(percent, 1, 100)
	}
	if !clear {
		base = money.Minor(0, inv.Payable.Currency())
	}
	return marketplace.Discount{Percent: money.Percent(100), Base: base, Until: until}, clear
}

// firstOf returns the first text that is not empty.
func firstOf(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

// summary says what was delivered in the words of the invoice's first lines:
// "4,000 × Menu A4, 600 × Room directory".
func summary(said formats.EInvoice) string {
	var out strings.Builder
	for _, line := range said.LineItems {
		item := plainText(line.Name)
		if item == "" {
			continue
		}
		if quantity := quantity(line.Quantity); quantity != "" {
			item = quantity + " × " + item
		}
		if out.Len() > 0 {
			item = ", " + item
		}
		if utf8.RuneCountInString(out.String())+utf8.RuneCountInString(item) > maxSummary-1 {
			out.WriteString("…")
			break
		}
		out.WriteString(item)
	}
	return cut(out.String(), maxSummary)
}

// quantity writes a quantity for people: without trailing zeros, its thousands
// grouped; "" for one that is no plain number.
func quantity(text string) string {
	amount, err := money.ParseExact(text, "JPY")
	if err != nil {
		if whole, fraction, found := strings.Cut(text, "."); found && whole != "" && strings.Trim(whole+fraction, "0123456789") == "" {
			return strings.TrimRight(text, "0")
		}
		return ""
	}
	return strings.TrimPrefix(amount.Grouped(), "JPY ")
}

// plainText takes control characters out of a text and makes it one line.
func plainText(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }), " ")
}

func cut(text string, limit int) string {
	if runes := []rune(text); len(runes) > limit {
		return string(runes[:limit])
	}
	return text
}
