package formats

import (
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"

	"comity/domain"
	"comity/money"
)

const camtNamespace = bankNamespaces + "camt.053.001."

// camtMaxText bounds the free text kept of one line, in characters.
const camtMaxText = 4000

// camtMaxSum bounds every sum on the way, in minor units: far from overflow.
const camtMaxSum = 1_000_000_000_000_000_000

// ReadCamt053 returns the statements of a bank-to-customer statement, ISO 20022
// camt.053.001.02, .03, .04 or .08: booked entries only. A file is read whole or
// not at all: the error is a [*FileError] when the file is not such a message,
// breaks a rule, or has a statement whose opening booked balance and entries do
// not give its closing booked balance.
func ReadCamt053(data []byte) ([]BankStatement, error) {
	parser, err := bankOpen(data, camtNamespace+"02", camtNamespace+"03", camtNamespace+"04", camtNamespace+"08")
	if err != nil {
		return nil, err
	}
	message, err := parser.next()
	if err != nil {
		return nil, err
	}
	if message == nil || message.Name.Local != "BkToCstmrStmt" {
		return nil, parser.refuse("Document", "missing-element", "there is no BkToCstmrStmt")
	}
	statements, err := camtStatements(parser)
	if err != nil {
		return nil, err
	}
	if extra, err := parser.next(); err != nil || extra != nil {
		if err == nil {
			err = parser.refuse("Document", "duplicate-element", "one BkToCstmrStmt is allowed, and nothing else")
		}
		return nil, err
	}
	if err := parser.close(); err != nil {
		return nil, err
	}
	return statements, nil
}

// camtStatements reads the children of the message: a header and statements.
func camtStatements(parser *bankParser) ([]BankStatement, error) {
	var statements []BankStatement
	var fields bankFields
	var header *bankNode
	for {
		start, err := parser.next()
		if err != nil {
			return nil, err
		}
		switch {
		case start == nil && len(statements) == 0:
			return nil, parser.refuse("BkToCstmrStmt", "no-statement", "the file holds no statement")
		case start == nil:
			return statements, nil
		case start.Name.Local == "GrpHdr" && header == nil:
			header, err = parser.tree(start, "GrpHdr", 0)
		case start.Name.Local == "GrpHdr":
			err = parser.refuse("GrpHdr", "duplicate-element", "GrpHdr stands twice")
		case start.Name.Local == "Stmt":
			reader := &camtReader{parser: parser, path: fmt.Sprintf("Stmt[%d]", len(statements)+1)}
			reader.statement.CreatedAt = fields.moment(header, "CreDtTm")
			if err = fields.err; err == nil {
				err = reader.read()
			}
			statements = append(statements, reader.statement)
		default:
			err = parser.skip()
		}
		if err != nil {
			return nil, err
		}
	}
}

// A camtReader reads one statement, entry by entry.
type camtReader struct {
	bankFields
	parser    *bankParser
	path      string
	statement BankStatement
	head      bankNode             // the elements that stand once, as children
	balances  map[string]*bankNode // by code
	entries   int
}

// read reads the statement that was just started and checks that it adds up.
func (r *camtReader) read() error {
	r.head = bankNode{name: "Stmt", path: r.path}
	r.head.line, _ = r.parser.decoder.InputPos()
	r.balances = map[string]*bankNode{}
	for {
		start, err := r.parser.next()
		if err != nil {
			return err
		}
		if start == nil {
			break
		}
		if err := r.child(start); err != nil {
			return err
		}
	}
	r.describe()
	if r.err == nil {
		r.addUp()
	}
	return r.err
}

// child takes one child of the statement, which was just started.
func (r *camtReader) child(start *xml.StartElement) error {
	name, path := start.Name.Local, r.path+"/"+start.Name.Local
	switch name {
	case "Id", "ElctrncSeqNb", "CreDtTm", "FrToDt", "Acct", "Bal":
	case "Ntry":
		r.entries++
		path = fmt.Sprintf("%s[%d]", path, r.entries)
	default:
		return r.parser.skip()
	}
	r.parser.elements = 0
	node, err := r.parser.tree(start, path, 0)
	if err != nil {
		return err
	}
	switch name {
	case "Ntry":
		r.entry(node)
	case "Bal":
		code := r.text(node, "Tp", "CdOrPrtry", "Cd")
		if r.balances[code] != nil && camtBooked[code] {
			r.refuse(node, "duplicate-balance", "balance %s stands twice", code)
		}
		r.balances[code] = node
	default:
		r.head.children = append(r.head.children, node)
	}
	return r.err
}

// camtBooked holds the codes of the balances that we use: opening, previous
// closing, closing, all booked.
var camtBooked = map[string]bool{"OPBD": true, "PRCD": true, "CLBD": true}

// describe fills in what the statement says about itself.
func (r *camtReader) describe() {
	s, head := &r.statement, &r.head
	if id := r.must(head, "Id"); id != nil {
		s.ID = id.text
	}
	if number := r.at(head, "ElctrncSeqNb"); number != nil {
		sequence, err := strconv.ParseInt(bankDigits(number.text), 10, 64)
		if err != nil {
			r.refuse(number, "not-a-number", "%q", bankShort(number.text, 40))
		}
		s.Sequence = sequence
	}
	if r.at(head, "CreDtTm") != nil {
		s.CreatedAt = r.moment(head, "CreDtTm")
	}
	account := r.must(head, "Acct")
	s.Account = r.account(r.at(account, "Id"), r.at(account, "Svcr"))
	if s.Account.Text == "" && r.err == nil {
		r.refuse(account, "missing-element", "the account has no number")
	}
	opening := r.balances["OPBD"]
	if opening == nil {
		opening = r.balances["PRCD"]
	}
	s.Opening = r.balance(opening, "opening booked balance (OPBD or PRCD)")
	s.Closing = r.balance(r.balances["CLBD"], "closing booked balance (CLBD)")
	s.Currency = s.Opening.Amount.Currency()
	if currency := r.at(account, "Ccy"); currency != nil && currency.text != string(s.Currency) {
		r.refuse(currency, "currency-mixed", "the account is in %q, its balance in %s", bankShort(currency.text, 10), s.Currency)
	}
	r.period()
}

func (r *camtReader) balance(node *bankNode, which string) BankBalance {
	if node == nil {
		r.refuse(&r.head, "balance-missing", "there is no %s", which)
		return BankBalance{}
	}
	return BankBalance{Amount: r.signed(node), On: r.date(node, "Dt")}
}

// period takes the days that the bank names. A bank that names none covers the
// day of the closing balance, and earlier days on which it booked something.
func (r *camtReader) period() {
	s := &r.statement
	s.From, s.To = r.date(&r.head, "FrToDt", "FrDtTm"), r.date(&r.head, "FrToDt", "ToDtTm")
	if s.From.Before(s.To) && strings.Contains(r.text(&r.head, "FrToDt", "ToDtTm"), "T00:00:00") {
		s.To = s.To.Plus(-1) // until midnight: nothing of the next day is covered
	}
	if s.To.IsZero() {
		s.To = s.Closing.On
	}
	if s.From.IsZero() {
		s.From = s.To
		for _, line := range s.Lines {
			if line.Booked.Before(s.From) {
				s.From = line.Booked
			}
		}
	}
	if s.To.IsZero() {
		r.refuse(&r.head, "period-missing", "neither FrToDt nor the closing balance gives a day")
	}
	if s.To.Before(s.From) {
		r.refuse(&r.head, "period-reversed", "from %s to %s", s.From, s.To)
	}
}

// addUp checks that one currency is spoken and that the balances and the lines agree.
func (r *camtReader) addUp() {
	s := &r.statement
	if closing := s.Closing.Amount.Currency(); closing != s.Currency {
		r.refuse(&r.head, "currency-mixed", "the opening balance is in %s, the closing in %s", s.Currency, closing)
		return
	}
	amounts := []money.Amount{s.Opening.Amount}
	for _, line := range s.Lines {
		if line.Amount.Currency() != s.Currency {
			r.refuse(&r.head, "currency-mixed", "entry %d is in %s, the account in %s", line.Entry, line.Amount.Currency(), s.Currency)
			return
		}
		amounts = append(amounts, line.Amount)
	}
	sum, ok := camtSum(amounts)
	if !ok {
		r.refuse(&r.head, "amount-too-large", "the entries add up to more than Comity counts")
		return
	}
	if sum != s.Closing.Amount {
		r.refuse(&r.head, "balance-mismatch", "opening %s and %d booked lines give %s, but the closing balance is %s",
			s.Opening.Amount, len(s.Lines), sum, s.Closing.Amount)
	}
}

// camtSum adds amounts of one currency; it says false when the sum is beyond
// what can be computed with.
func camtSum(amounts []money.Amount) (money.Amount, bool) {
	sum := amounts[0]
	for _, amount := range amounts[1:] {
		sum = sum.Plus(amount)
		if sum.Units() > camtMaxSum || sum.Units() < -camtMaxSum {
			return sum, false
		}
	}
	return sum, true
}

// camtDay returns the first of days that is one.
func camtDay(days ...domain.Date) domain.Date {
	for _, day := range days {
		if !day.IsZero() {
			return day
		}
	}
	return domain.Date{}
}
