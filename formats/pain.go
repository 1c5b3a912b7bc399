package formats

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"comity/domain"
	"comity/money"
)

const painNamespace = bankNamespaces + "pain.001.001.09"

// A PaymentOrder tells a bank to pay from one account.
type PaymentOrder struct {
	MessageID string    // at most 35 characters
	CreatedAt time.Time // written in UTC, whole seconds
	Initiator string    // who sends the order
	Debtor    PaymentParty
	Payments  []Payment
}

// A PaymentParty is a name and an account at a bank.
type PaymentParty struct {
	Name    string
	Account domain.BankAccountNumber
}

// A Payment is one credit transfer. The bank's statement quotes its EndToEndID.
type Payment struct {
	EndToEndID string // at most 35 characters
	Amount     money.Amount
	Creditor   PaymentParty
	Remittance string // at most 140 characters
	ExecuteOn  domain.Date
}

// WritePain001 returns the order as a pain.001.001.09 message. Payments that
// follow each other and share execution date and currency form one instruction.
// Names and remittance texts are written in the characters that every bank takes
// (see painText) and cut to the lengths of the schema; an identifier is cut to 35
// characters, so let none be longer.
func WritePain001(order PaymentOrder) []byte {
	w := bankDocument(painNamespace)
	w.in("CstmrCdtTrfInitn", func() {
		w.in("GrpHdr", func() {
			w.id("MsgId", painText(order.MessageID))
			w.moment("CreDtTm", order.CreatedAt)
			w.element("NbOfTxs", "", strconv.Itoa(len(order.Payments)))
			if total, ok := painTotal(order.Payments); ok {
				w.element("CtrlSum", "", total.Decimal())
			}
			painWriteName(w, "InitgPty", order.Initiator)
		})
		for n, rest := 1, order.Payments; len(rest) > 0; n++ {
			together := 1
			for together < len(rest) && painTogether(rest[0], rest[together]) {
				together++
			}
			w.in("PmtInf", func() { painWriteInstruction(w, order, n, rest[:together]) })
			rest = rest[together:]
		}
	})
	return w.done()
}

func painTogether(a, b Payment) bool {
	return a.ExecuteOn == b.ExecuteOn && a.Amount.Currency() == b.Amount.Currency()
}

// painTotal returns the sum of payments, and false when they have no one currency.
func painTotal(payments []Payment) (money.Amount, bool) {
	if len(payments) == 0 {
		return money.Amount{}, false
	}
	amounts := []money.Amount{money.Minor(0, payments[0].Amount.Currency())}
	for _, payment := range payments {
		if payment.Amount.Currency() != payments[0].Amount.Currency() {
			return money.Amount{}, false
		}
		amounts = append(amounts, payment.Amount)
	}
	return camtSum(amounts)
}

// painWriteInstruction writes payments that share execution date and currency.
func painWriteInstruction(w *bankWriter, order PaymentOrder, n int, payments []Payment) {
	w.id("PmtInfId", bankCut(painText(order.MessageID), 29)+"-"+strconv.Itoa(n))
	w.element("PmtMtd", "", "TRF")
	w.element("NbOfTxs", "", strconv.Itoa(len(payments)))
	if total, ok := painTotal(payments); ok {
		w.element("CtrlSum", "", total.Decimal())
	}
	w.date("ReqdExctnDt/Dt", payments[0].ExecuteOn)
	painWriteName(w, "Dbtr", order.Debtor.Name)
	w.account("DbtrAcct/Id", bankAccountOf(order.Debtor.Account))
	w.agent("DbtrAgt", order.Debtor.Account)
	if order.Debtor.Account.RoutingNumber() == "" {
		w.element("DbtrAgt/FinInstnId/Othr/Id", "", bankNotProvided) // the IBAN says it
	}
	for _, payment := range payments {
		w.in("CdtTrfTxInf", func() {
			w.id("PmtId/EndToEndId", painText(payment.EndToEndID))
			w.amount("Amt/InstdAmt", payment.Amount)
			w.agent("CdtrAgt", payment.Creditor.Account)
			painWriteName(w, "Cdtr", payment.Creditor.Name)
			w.account("CdtrAcct/Id", bankAccountOf(payment.Creditor.Account))
			w.text("RmtInf/Ustrd", painText(payment.Remittance), 140)
		})
	}
}

// painWriteName writes a party. The schema wants one even if nothing is known of it.
func painWriteName(w *bankWriter, element, name string) {
	if name = painText(name); name == "" {
		name = bankNotProvided
	}
	w.text(element+"/Nm", name, 140)
}

// painLatin is what the European Payments Council's basic character set (EPC217-08)
// offers for letters that are common in names.
var painLatin = strings.NewReplacer(
	"Ä", "Ae", "Ö", "Oe", "Ü", "Ue", "ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "ẞ", "SS",
	"Æ", "AE", "æ", "ae", "Ø", "O", "ø", "o", "Å", "A", "å", "a", "Œ", "OE", "œ", "oe", "Þ", "TH", "þ", "th",
	"À", "A", "Á", "A", "Â", "A", "Ã", "A", "à", "a", "á", "a", "â", "a", "ã", "a", "Ă", "A", "ă", "a", "Ą", "A", "ą", "a",
	"Ç", "C", "ç", "c", "Ć", "C", "ć", "c", "Č", "C", "č", "c", "Ď", "D", "ď", "d", "Đ", "D", "đ", "d", "Ð", "D", "ð", "d",
	"È", "E", "É", "E", "Ê", "E", "Ë", "E", "è", "e", "é", "e", "ê", "e", "ë", "e", "Ę", "E", "ę", "e", "Ě", "E", "ě", "e",
	"Ğ", "G", "ğ", "g", "Ì", "I", "Í", "I", "Î", "I", "Ï", "I", "ì", "i", "í", "i", "î", "i", "ï", "i", "İ", "I", "ı", "i",
	"Ł", "L", "ł", "l", "Ñ", "N", "ñ", "n", "Ń", "N", "ń", "n", "Ň", "N", "ň", "n",
	"Ò", "O", "Ó", "O", "Ô", "O", "Õ", "O", "ò", "o", "ó", "o", "ô", "o", "õ", "o", "Ő", "O", "ő", "o", "Ř", "R", "ř", "r",
	"Ś", "S", "ś", "s", "Š", "S", "š", "s", "Ş", "S", "ş", "s", "Ș", "S", "ș", "s", "Ť", "T", "ť", "t", "Ț", "T", "ț", "t",
	"Ù", "U", "Ú", "U", "Û", "U", "ù", "u", "ú", "u", "û", "u", "Ů", "U", "ů", "u", "Ű", "U", "ű", "u",
	"Ý", "Y", "ý", "y", "ÿ", "y", "Ź", "Z", "ź", "z", "Ż", "Z", "ż", "z", "Ž", "Z", "ž", "z",
	"&", "+", "_", "-", "’", "'", "‘", "'", "`", "'", "´", "'", "–", "-", "—", "-", "“", "'", "”", "'", "\"", "'",
	"@", "(at)", "€", "EUR", "£", "GBP", "$", "USD",
)

// painText returns text in the basic Latin set that banks take in payments:
// a-z A-Z 0-9 / - ? : ( ) . , ' + and the space (EPC217-08). Common letters are
// spelled out, anything else becomes a full stop.
func painText(text string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.ContainsRune("/-?:().,'+ ", c):
			return c
		}
		return '.'
	}, painLatin.Replace(bankClean(text)))
}

// ReadPain001 returns the order in a pain.001.001.09 message, as a bank reads
// what [WritePain001] wrote. The error is a [*FileError] when the file is not such
// a message, misses something, pays from two accounts, or its counts and sums are
// not those of its payments.
func ReadPain001(data []byte) (PaymentOrder, error) {
	parser, err := bankOpen(data, painNamespace)
	if err != nil {
		return PaymentOrder{}, err
	}
	start, err := parser.next()
	if err != nil {
		return PaymentOrder{}, err
	}
	if start == nil || start.Name.Local != "CstmrCdtTrfInitn" {
		return PaymentOrder{}, parser.refuse("Document", "missing-element", "there is no CstmrCdtTrfInitn")
	}
	message, err := parser.tree(start, start.Name.Local, 0)
	if err != nil {
		return PaymentOrder{}, err
	}
	if extra, err := parser.next(); err != nil || extra != nil {
		if err == nil {
			err = parser.refuse("Document", "duplicate-element", "one CstmrCdtTrfInitn is allowed, and nothing else")
		}
		return PaymentOrder{}, err
	}
	if err := parser.close(); err != nil {
		return PaymentOrder{}, err
	}
	return painOrder(message)
}

// painOrder builds the order out of the message.
func painOrder(message *bankNode) (PaymentOrder, error) {
	var r painReader
	header := r.must(message, "GrpHdr")
	r.order.MessageID = r.id(header, "MsgId")
	r.order.CreatedAt = r.moment(header, "CreDtTm")
	r.order.Initiator = r.id(header, "InitgPty", "Nm")
	for i, instruction := range message.all("PmtInf") {
		first := len(r.order.Payments)
		debtor := r.party(instruction, "Dbtr")
		if i > 0 && debtor != r.order.Debtor {
			r.refuse(instruction, "two-debtors", "an order pays from one account")
		}
		r.order.Debtor = debtor
		day := r.date(r.must(instruction, "ReqdExctnDt"))
		for _, transfer := range instruction.all("CdtTrfTxInf") {
			r.transfer(transfer, day)
		}
		r.check(instruction, r.order.Payments[first:])
	}
	r.check(header, r.order.Payments)
	if len(r.order.Payments) == 0 && r.err == nil {
		r.refuse(message, "no-payment", "the order holds no payment")
	}
	if r.err != nil {
		return PaymentOrder{}, r.err
	}
	return r.order, nil
}

// A painReader gathers an order.
type painReader struct {
	bankFields
	order PaymentOrder
}

// party reads the name, account and bank called side, side+"Acct" and side+"Agt".
func (r *painReader) party(n *bankNode, side string) PaymentParty {
	id := r.must(n, side+"Acct", "Id")
	account := r.account(id, r.at(n, side+"Agt"))
	if account.Number.IsZero() && r.err == nil {
		r.refuse(id, "account-unknown", "neither an IBAN nor a US account with its routing number")
	}
	return PaymentParty{Name: r.id(n, side, "Nm"), Account: account.Number}
}

// transfer adds one payment.
func (r *painReader) transfer(n *bankNode, day domain.Date) {
	payment := Payment{
		EndToEndID: r.id(n, "PmtId", "EndToEndId"),
		Amount:     r.amount(r.must(n, "Amt", "InstdAmt")),
		Creditor:   r.party(n, "Cdtr"),
		Remittance: r.text(n, "RmtInf", "Ustrd"),
		ExecuteOn:  day,
	}
	if !payment.Amount.Positive() && r.err == nil {
		r.refuse(n, "amount-not-positive", "payment %s is of nothing", bankShort(payment.EndToEndID, 35))
	}
	r.order.Payments = append(r.order.Payments, payment)
}

// check holds the number and, when there is one currency, the sum that n states
// to the payments.
func (r *painReader) check(n *bankNode, payments []Payment) {
	if number := r.text(n, "NbOfTxs"); number != "" && number != strconv.Itoa(len(payments)) {
		r.refuse(n, "count-mismatch", "it says %s payments and holds %d", bankShort(number, 20), len(payments))
	}
	stated := r.text(n, "CtrlSum")
	total, ok := painTotal(payments)
	if stated == "" || !ok || r.err != nil {
		return
	}
	if sum, err := money.ParseExact(bankDigits(stated), total.Currency()); err != nil || sum != total {
		r.refuse(n, "sum-mismatch", "it says %s and holds %s", bankShort(stated, 40), fmt.Sprint(total))
	}
}
