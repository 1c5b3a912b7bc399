package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"comity/domain"
	"comity/formats"
	"comity/generator"
	"comity/money"
)

// A paper is one e-invoice that the demo hands in.
type paper struct {
	name     string
	bytes    []byte
	read     formats.EResult
	issued   domain.Date
	supplier string // whose seller it is: VAT id as written, else tax number, else name
	buyer    string // normalised name and country
	mode     domain.Disclosure
}

// playable reports whether the paper can be sold at all: read without a broken
// rule, no credit note, a positive amount in a currency that books are kept in.
func (p paper) playable() bool {
	inv := p.read.Invoice
	currency, err := money.ParseCurrency(inv.Currency)
	if err != nil || !p.read.OK() || inv.CreditNote || domain.IsCreditNote(inv.TypeCode) {
		return false
	}
	payable, err := money.ParseExact(inv.Payable, currency)
	return err == nil && payable.Positive()
}

// readPapers reads every file of a folder in name order, or generates a few.
func readPapers(dir string) ([]paper, error) {
	if dir == "" {
		return generated(), nil
	}
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		return nil, err
	}
	sort.Strings(names)
	var papers []paper
	for _, name := range names {
		if info, err := os.Stat(name); err == nil && info.IsDir() {
			continue
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read invoice: %w", err)
		}
		papers = append(papers, paperOf(filepath.Base(name), data))
	}
	if len(papers) == 0 {
		return nil, fmt.Errorf("there is no file in %s", dir)
	}
	return papers, nil
}

func paperOf(name string, data []byte) paper {
	p := paper{name: name, bytes: data, read: formats.ReadEInvoice(data)}
	inv := p.read.Invoice
	p.issued, _ = domain.ParseDate(inv.IssueDate) // no day when there is none
	for _, id := range []string{inv.Seller.VAT, inv.Seller.TaxNumber, inv.Seller.Name} {
		if p.supplier == "" {
			p.supplier = id
		}
	}
	p.buyer = domain.NameKey(inv.Buyer.Name) + "/" + inv.Buyer.Country
	return p
}

// generated makes the demo's own invoices: three sellers, four buyers.
func generated() []paper {
	sellers := []formats.EParty{
		{Name: "Lindenhof Druck GmbH", Country: "DE", VAT: "DE811111116"},
		{Name: "Atelier Moreau SARL", Country: "FR", VAT: "FR32123456789"},
	}
	buyers := []formats.EParty{
		{Name: "Hotel Seeblick AG", Country: "DE"}, {Name: "Café Rivière SA", Country: "FR"}, {Name: "Nordkap Möbel GmbH", Country: "DE"},
	}
	var papers []paper
	for i := range 5 {
		seller, buyer := sellers[i%len(sellers)], buyers[i%len(buyers)]
		number, issued := fmt.Sprintf("R-2026-%03d", 101+i), domain.MustDate("2026-03-02").Plus(3*i)
		net := money.Minor(int64(240_000+35_750*i), "EUR")
		papers = append(papers, paperOf(number+".xml", ublInvoice(number, issued, seller, buyer, net)))
	}
	return papers
}

const ublTemplate = `<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<cbc:CustomizationID>urn:cen.eu:en16931:2017</cbc:CustomizationID><cbc:ID>%[1]s</cbc:ID><cbc:IssueDate>%[2]s</cbc:IssueDate><cbc:DueDate>%[3]s</cbc:DueDate>
<cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode><cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode><cac:OrderReference><cbc:ID>PO-%[1]s</cbc:ID></cac:OrderReference>
<cac:AccountingSupplierParty><cac:Party><cac:PostalAddress><cac:Country><cbc:IdentificationCode>%[4]s</cbc:IdentificationCode></cac:Country></cac:PostalAddress>
<cac:PartyTaxScheme><cbc:CompanyID>%[5]s</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme><cac:PartyLegalEntity><cbc:RegistrationName>%[6]s</cbc:RegistrationName></cac:PartyLegalEntity></cac:Party></cac:AccountingSupplierParty>
<cac:AccountingCustomerParty><cac:Party><cac:PostalAddress><cac:Country><cbc:IdentificationCode>%[7]s</cbc:IdentificationCode></cac:Country></cac:PostalAddress>
<cac:PartyLegalEntity><cbc:RegistrationName>%[8]s</cbc:RegistrationName></cac:PartyLegalEntity></cac:Party></cac:AccountingCustomerParty>
<cac:TaxTotal><cbc:TaxAmount currencyID="EUR">%[9]s</cbc:TaxAmount><cac:TaxSubtotal><cbc:TaxableAmount currencyID="EUR">%[10]s</cbc:TaxableAmount><cbc:TaxAmount currencyID="EUR">%[9]s</cbc:TaxAmount>
<cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>19</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:TaxCategory></cac:TaxSubtotal></cac:TaxTotal>
<cac:LegalMonetaryTotal><cbc:LineExtensionAmount currencyID="EUR">%[10]s</cbc:LineExtensionAmount><cbc:TaxExclusiveAmount currencyID="EUR">%[10]s</cbc:TaxExclusiveAmount><cbc:TaxInclusiveAmount currencyID="EUR">%[11]s</cbc:TaxInclusiveAmount><cbc:PayableAmount currencyID="EUR">%[11]s</cbc:PayableAmount></cac:LegalMonetaryTotal>
<cac:InvoiceLine><cbc:ID>1</cbc:ID><cbc:InvoicedQuantity unitCode="C62">1</cbc:InvoicedQuantity><cbc:LineExtensionAmount currencyID="EUR">%[10]s</cbc:LineExtensionAmount>
<cac:Item><cbc:Name>Printed menus and room directories</cbc:Name><cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>19</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:ClassifiedTaxCategory></cac:Item>
<cac:Price><cbc:PriceAmount currencyID="EUR">%[10]s</cbc:PriceAmount></cac:Price></cac:InvoiceLine></Invoice>
`

func ublInvoice(number string, issued domain.Date, seller, buyer formats.EParty, net money.Amount) []byte {
	vat := net.Times(money.Percent(19))
	return fmt.Appendf(nil, ublTemplate, number, issued, issued.Plus(30), seller.Country, seller.VAT, seller.Name, buyer.Country, buyer.Name,
		vat.Decimal(), net.Decimal(), net.Plus(vat).Decimal())
}

// A past is the payment history of one debtor of a CSV file.
type past struct {
	debtor   string
	observed domain.Date
	rows     [][]string // invoice_id, amount, currency, issued, due, paid
}

var historyColumns = []string{"invoice_id", "debtor_id", "amount", "currency", "issue_date", "due_date", "paid_date", "disputed", "observed_until"}

// readPasts reads a history file and returns its debtors, the one with the most
// rows first. No name gives a small history of the demo's own.
func readPasts(name string) ([]past, error) {
	if name == "" {
		return ownPasts()
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read history: %w", err)
	}
	defer file.Close()
	r := csv.NewReader(file)
	header, err := r.Read()
	if err != nil {
		return nil, fmt.Errorf("read history: %w", err)
	}
	at := map[string]int{}
	for i, column := range header {
		at[column] = i
	}
	byDebtor := map[string]*past{}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read history: %w", err)
		}
		debtor := row[at["debtor_id"]]
		if byDebtor[debtor] == nil {
			byDebtor[debtor] = &past{debtor: debtor}
		}
		p := byDebtor[debtor]
		p.rows = append(p.rows, []string{row[at["invoice_id"]], row[at["amount"]], row[at["currency"]], row[at["issue_date"]], row[at["due_date"]], row[at["paid_date"]]})
		if observed, ok := at["observed_until"]; ok {
			p.observed, _ = domain.ParseDate(row[observed]) // empty: the last payment tells
		}
	}
	return ranked(byDebtor), nil
}

func ranked(byDebtor map[string]*past) []past {
	var pasts []past
	for _, p := range byDebtor {
		for _, row := range p.rows {
			if paid, err := domain.ParseDate(row[5]); err == nil && p.observed.Before(paid) {
				p.observed = paid
			}
		}
		pasts = append(pasts, *p)
	}
	sort.Slice(pasts, func(i, j int) bool {
		if len(pasts[i].rows) != len(pasts[j].rows) {
			return len(pasts[i].rows) > len(pasts[j].rows)
		}
		return pasts[i].debtor < pasts[j].debtor
	})
	return pasts
}

// ownPasts generates the histories of a dozen debtors.
func ownPasts() ([]past, error) {
	portfolio, err := generator.New(generator.Config{
		Seed: 1, Debtors: 12, Months: 14, Start: domain.MustDate("2025-01-01"), Profile: generator.DayDue, Invoices: 240,
	})
	if err != nil {
		return nil, err
	}
	byDebtor := map[string]*past{}
	for inv := range portfolio.Invoices() {
		debtor := inv.Debtor.ID
		if byDebtor[debtor] == nil {
			byDebtor[debtor] = &past{debtor: debtor}
		}
		byDebtor[debtor].rows = append(byDebtor[debtor].rows, []string{
			inv.ID(), inv.Amount.Decimal(), string(inv.Debtor.Currency), inv.Issued.String(), inv.Due.String(), inv.Paid.String(),
		})
	}
	return ranked(byDebtor), nil
}

// moved returns the history as a CSV for one relationship, every date moved so
// that it was observed until the day before an invoice's issue date.
func (p past) moved(code string, issued domain.Date) []byte {
	shift := p.observed.DaysUntil(issued.Plus(-1))
	move := func(day string) string {
		d, err := domain.ParseDate(day)
		if err != nil {
			return ""
		}
		return d.Plus(shift).String()
	}
	var out strings.Builder
	w := csv.NewWriter(&out)
	_ = w.Write(historyColumns) // a strings.Builder never fails
	for _, row := range p.rows {
		_ = w.Write([]string{row[0], code, row[1], row[2], move(row[3]), move(row[4]), move(row[5]), "", issued.Plus(-1).String()})
	}
	w.Flush()
	return []byte(out.String())
}
