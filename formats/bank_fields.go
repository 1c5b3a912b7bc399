package formats

import (
	"strings"
	"time"

	"comity/domain"
	"comity/money"
)

// bankFields takes values out of nodes and keeps the first rule that was broken,
// so that the code that reads an entry can be read itself. After an error every
// value is zero and err says what is wrong.
type bankFields struct{ err error }

func (f *bankFields) refuse(n *bankNode, rule, format string, args ...any) {
	if f.err == nil {
		f.err = n.refuse(rule, format, args...)
	}
}

// at returns the element under path, nil when there is none. Two elements where
// the path needs one are refused: which of them is meant, nobody can say.
func (f *bankFields) at(n *bankNode, path ...string) *bankNode {
	for _, name := range path {
		found := n.all(name)
		if len(found) > 1 {
			f.refuse(found[1], "duplicate-element", "%s stands %d times", name, len(found))
		}
		if len(found) != 1 {
			return nil
		}
		n = found[0]
	}
	return n
}

// must is at for an element that the rules demand.
func (f *bankFields) must(n *bankNode, path ...string) *bankNode {
	found := f.at(n, path...)
	if found == nil && f.err == nil {
		f.refuse(n, "missing-element", "there is no %s", strings.Join(path, "/"))
	}
	return found
}

// text returns the text under path, "" when there is none.
func (f *bankFields) text(n *bankNode, path ...string) string {
	if found := f.at(n, path...); found != nil {
		return found.text
	}
	return ""
}

// id is text for an identifier, where NOTPROVIDED means none.
func (f *bankFields) id(n *bankNode, path ...string) string {
	if text := f.text(n, path...); text != bankNotProvided {
		return text
	}
	return ""
}

// amount reads the unsigned amount of n in its currency. An xsd:decimal may have
// a plus sign and leading zeros; it is never rounded.
func (f *bankFields) amount(n *bankNode) money.Amount {
	if n == nil || f.err != nil {
		return money.Amount{}
	}
	currency, err := money.ParseCurrency(n.currency)
	if err != nil {
		f.refuse(n, "currency-unknown", "currency %q", bankShort(n.currency, 10))
		return money.Amount{}
	}
	amount, err := money.ParseExact(bankDigits(n.text), currency)
	if err != nil || amount.Negative() {
		f.refuse(n, "not-an-amount", "%q is not a plain positive number of %s", bankShort(n.text, 40), currency)
		return money.Amount{}
	}
	return amount
}

// bankDigits brings an xsd:decimal to the one spelling that money reads.
func bankDigits(text string) string {
	digits := strings.TrimPrefix(text, "+")
	if !strings.ContainsAny(digits, "0123456789") {
		return ""
	}
	digits = strings.TrimLeft(digits, "0")
	if digits == "" || digits[0] == '.' {
		digits = "0" + digits
	}
	return digits
}

// signed reads the amount at Amt and gives it the sign that CdtDbtInd says.
func (f *bankFields) signed(n *bankNode) money.Amount {
	amount := f.amount(f.must(n, "Amt"))
	indicator := f.must(n, "CdtDbtInd")
	if f.err != nil {
		return money.Amount{}
	}
	switch indicator.text {
	case "CRDT":
		return amount
	case "DBIT":
		return amount.Negated()
	}
	f.refuse(indicator, "not-a-sign", "%q is neither CRDT nor DBIT", bankShort(indicator.text, 10))
	return money.Amount{}
}

// date reads the day under path, as Dt or DtTm or plain text; the zero Date when
// there is none.
func (f *bankFields) date(n *bankNode, path ...string) domain.Date {
	found := f.at(n, path...)
	if day := f.at(found, "Dt"); day != nil {
		found = day
	} else if moment := f.at(found, "DtTm"); moment != nil {
		found = moment
	}
	if found == nil || f.err != nil {
		return domain.Date{}
	}
	return f.day(found)
}

// day reads the day of n as it is written, whatever the time and zone after it.
func (f *bankFields) day(n *bankNode) domain.Date {
	day, rest := n.text, ""
	if len(day) > 10 {
		day, rest = day[:10], day[10:]
	}
	date, err := domain.ParseDate(day)
	if err != nil || (rest != "" && !strings.ContainsAny(rest[:1], "TZ+-")) {
		f.refuse(n, "not-a-date", "%q", bankShort(n.text, 40))
	}
	return date
}

// moment reads the instant under path; one without a zone is taken as UTC.
func (f *bankFields) moment(n *bankNode, path ...string) time.Time {
	found := f.at(n, path...)
	if found == nil || f.err != nil {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339, found.text)
	if err != nil {
		at, err = time.Parse("2006-01-02T15:04:05", found.text)
	}
	if err != nil {
		f.refuse(found, "not-a-time", "%q", bankShort(found.text, 40))
	}
	return at.UTC()
}

// flag reads an xsd:boolean under path; false when there is none.
func (f *bankFields) flag(n *bankNode, path ...string) bool {
	found := f.at(n, path...)
	if found == nil {
		return false
	}
	switch found.text {
	case "true", "1":
		return true
	case "false", "0":
		return false
	}
	f.refuse(found, "not-a-flag", "%q is neither true nor false", bankShort(found.text, 10))
	return false
}

// account reads the account whose Id element is n and whose bank is described by
// agent. A US account is Othr/Id at a bank with an ABA routing number.
func (f *bankFields) account(n, agent *bankNode) BankAccount {
	text := f.text(n, "IBAN")
	if text == "" {
		text = f.text(n, "Othr", "Id")
	}
	if number, err := domain.ParseIBAN(text); err == nil {
		return BankAccount{Number: number, Text: text}
	}
	member := f.at(agent, "FinInstnId", "ClrSysMmbId")
	if system := f.text(member, "ClrSysId", "Cd"); system == "USABA" || system == "" {
		if number, err := domain.ParseUSAccount(f.text(member, "MmbId"), text); err == nil {
			return BankAccount{Number: number, Text: text}
		}
	}
	return BankAccount{Text: text}
}
