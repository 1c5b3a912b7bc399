package formats

import (
	"bytes"
	"encoding/json"
	"slices"
)

// An EInvoice is what a single UBL or CII file says, by EN 16931's business
// terms. Texts are as on the file without the white space around them. A term
// that stands more than once, or an amount that is no plain decimal, is empty:
// nobody chooses between two values here.
type EInvoice struct {
	Syntax             string // "ubl" or "cii"
	CreditNote         bool   // a UBL CreditNote, or a type code for credit notes
	TypeCode           string // BT-3
	Number             string // BT-1
	IssueDate          string // BT-2, YYYY-MM-DD, the offset dropped
	DueDate            string // BT-9, YYYY-MM-DD, "" when absent or unreadable
	Currency           string // BT-5
	Payable            string // BT-115, a plain decimal as on the file
	Net, VAT, Gross    string // BT-109, BT-110 (in BT-5), BT-112, as on the file
	Prepaid            string // BT-113
	Seller, Buyer      EParty // BG-4, BG-7
	Lines              int    // BG-25, all of them
	LineItems          []ELine
	OrderReference     string   // BT-13
	BuyerReference     string   // BT-10
	PaymentTermsText   string   // BT-20, its lines kept
	PaymentReference   string   // BT-83
	PayeeAccounts      []string // BT-84, of every way to pay, as on the file
	Discounts          []EDiscount
	TermsUnclear       bool   // BT-20 has a per cent sign that no discount explains, or a discount has no time limit
	VATAccountingTotal string // BT-111, in the seller's own currency
}

// An EParty is the seller or the buyer. ID is the best identifier that is not
// the VAT number: the legal registration (BT-30, BT-47), else TaxNumber, else
// the first other identifier (BT-29, BT-46).
type EParty struct {
	Name, Country                 string
	VAT                           string // BT-31, BT-48, as written
	TaxNumber                     string // BT-32
	ID                            string
	Street, City, PostCode, Email string
}

// An ELine is an invoice line as a person would be shown it. Only the first
// 200 lines are kept; EInvoice.Lines counts all.
type ELine struct {
	ID, Name, Description string
	Quantity, Unit        string
	Price, Net            string
}

// An EDiscount is an early-payment discount offered to the buyer: Percent of
// Basis (of BT-115 when Basis is empty), or the fixed Amount, for payment
// within Days of the issue date or, when it is not empty, up to and including
// Until (YYYY-MM-DD).
type EDiscount struct {
	Percent, Amount string
	Days            int
	Until           string
	Basis           string
}

// An EResult is the judgement on one file. Invoice is zero when the file could
// not be read. Rules holds the deciding rules it breaks, Warnings the others we
// notice, both sorted and without repetition. Err is a sentence for people, ""
// when the file was read.
type EResult struct {
	Invoice  EInvoice
	Rules    []string
	Warnings []string
	Err      string
}

// OK reports whether the file was read and breaks no deciding rule.
func (r EResult) OK() bool { return r.Err == "" && len(r.Rules) == 0 }

// ReadEInvoice reads one UBL 2.1 Invoice or CreditNote, or UN/CEFACT CII D16B
// invoice, and judges it by EN 16931. It opens nothing else, never panics, and
// answers quickly whatever the bytes are. A file that cannot be read breaks
// X-XML, X-ROOT or X-DOCTYPE and nothing else.
func ReadEInvoice(data []byte) EResult {
	root, refusal := einvParse(data)
	if refusal != nil {
		return EResult{Rules: []string{refusal.rule}, Err: refusal.sentence}
	}
	var m *ruleModel
	switch root.name {
	case "ubl:Invoice", "cn:CreditNote":
		m = ublModel(root)
	case "rsm:CrossIndustryInvoice":
		m = ciiModel(root)
	default:
		return EResult{
			Rules: []string{einvRuleRoot},
			Err:   "The file is XML, but neither a UBL 2.1 Invoice or CreditNote nor a UN/CEFACT CrossIndustryInvoice (D16B).",
		}
	}
	if len(m.breakdown) > ruleMaxVAT {
		refusal = einvRefuse("The file has more than %d VAT breakdowns.", ruleMaxVAT)
		return EResult{Rules: []string{refusal.rule}, Err: refusal.sentence}
	}
	return ruleJudge(m)
}

// The shape of the JSON line; the order of the fields is part of the contract.
type einvJSON struct {
	File      string        `json:"file"`
	OK        bool          `json:"ok"`
	Syntax    string        `json:"syntax"`
	TypeCode  string        `json:"type_code"`
	Number    string        `json:"number"`
	IssueDate string        `json:"issue_date"`
	DueDate   string        `json:"due_date"`
	Currency  string        `json:"currency"`
	Payable   string        `json:"payable"`
	Lines     int           `json:"lines"`
	Seller    einvPartyJSON `json:"seller"`
	Buyer     einvPartyJSON `json:"buyer"`
	Rules     []string      `json:"rules"`
	Warnings  []string      `json:"warnings"`
	Error     string        `json:"error"`
}

type einvPartyJSON struct {
	Name    string `json:"name"`
	Country string `json:"country"`
	VAT     string `json:"vat"`
	ID      string `json:"id"`
}

func einvPartyJSONOf(p EParty) einvPartyJSON {
	return einvPartyJSON{Name: p.Name, Country: p.Country, VAT: p.VAT, ID: p.ID}
}

// JSONLine returns the result as one JSON object on one line, without the line
// feed; file is what the reader calls the file. Rules and warnings are always
// arrays.
func (r EResult) JSONLine(file string) []byte {
	inv := r.Invoice
	line := einvJSON{
		File: file, OK: r.OK(), Syntax: inv.Syntax, TypeCode: inv.TypeCode, Number: inv.Number,
		IssueDate: inv.IssueDate, DueDate: inv.DueDate, Currency: inv.Currency, Payable: inv.Payable,
		Lines: inv.Lines, Seller: einvPartyJSONOf(inv.Seller), Buyer: einvPartyJSONOf(inv.Buyer),
		Rules: append([]string{}, r.Rules...), Warnings: append([]string{}, r.Warnings...), Error: r.Err,
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(line); err != nil {
		panic(err) // strings, an int and a bool: no input can cause it
	}
	return bytes.TrimRight(out.Bytes(), "\n")
}

func einvSorted(ids []string) []string {
	slices.Sort(ids)
	return slices.Compact(ids)
}
