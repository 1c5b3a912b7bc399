package formats

import (
	"bytes"
	"encoding/xml"
	"strings"
	"time"
	"unicode"

	"comity/domain"
	"comity/money"
)

// bankWriter writes an ISO 20022 document. An element without content is left
// out, because the schemas allow no empty text.
type bankWriter struct {
	out  bytes.Buffer
	open []bankOpened
}

// bankOpened is an element that is written once something is inside it.
type bankOpened struct {
	name    string
	written bool
}

func bankDocument(namespace string) *bankWriter {
	w := &bankWriter{}
	w.out.WriteString(xml.Header + `<Document xmlns="` + namespace + `">`)
	return w
}

// done ends the document.
func (w *bankWriter) done() []byte {
	w.out.WriteString("</Document>\n")
	return w.out.Bytes()
}

// in writes the elements that inside makes into those named by path.
func (w *bankWriter) in(path string, inside func()) {
	names := strings.Split(path, "/")
	for _, name := range names {
		w.open = append(w.open, bankOpened{name: name})
	}
	inside()
	for range names {
		last := w.open[len(w.open)-1]
		w.open = w.open[:len(w.open)-1]
		if last.written {
			w.out.WriteString("</" + last.name + ">")
		}
	}
}

// text writes an element of at most most characters, or nothing when there are none.
func (w *bankWriter) text(path, text string, most int) {
	if text = bankCut(bankClean(text), most); text != "" {
		w.element(path, "", text)
	}
}

// id writes an identifier of at most 35 characters, NOTPROVIDED when there is none.
func (w *bankWriter) id(path, id string) {
	if id = bankCut(bankClean(id), 35); id == "" {
		id = bankNotProvided
	}
	w.element(path, "", id)
}

// amount writes the size of an amount; the sign is CdtDbtInd's.
func (w *bankWriter) amount(path string, amount money.Amount) {
	w.element(path, ` Ccy="`+string(amount.Currency())+`"`, strings.TrimPrefix(amount.Decimal(), "-"))
}

// sign writes CdtDbtInd.
func (w *bankWriter) sign(amount money.Amount) {
	indicator := "CRDT"
	if amount.Negative() {
		indicator = "DBIT"
	}
	w.element("CdtDbtInd", "", indicator)
}

func (w *bankWriter) date(path string, date domain.Date) {
	w.text(path, date.String(), 10)
}

func (w *bankWriter) moment(path string, at time.Time) {
	w.element(path, "", at.UTC().Format("2006-01-02T15:04:05Z"))
}

// account writes what identifies an account; its bank is written by agent.
func (w *bankWriter) account(path string, account BankAccount) {
	w.in(path, func() {
		if iban := account.Number.IBAN(); iban != "" {
			w.element("IBAN", "", iban)
			return
		}
		text := account.Text
		if number := account.Number.AccountNumber(); number != "" {
			text = number
		}
		w.text("Othr/Id", text, 34)
	})
}

// agent writes the bank of an account: its routing number, or nothing.
func (w *bankWriter) agent(path string, number domain.BankAccountNumber) {
	if number.RoutingNumber() == "" {
		return
	}
	w.in(path+"/FinInstnId/ClrSysMmbId", func() {
		w.element("ClrSysId/Cd", "", "USABA")
		w.element("MmbId", "", number.RoutingNumber())
	})
}

// element writes path with text inside, after the start of everything around it.
func (w *bankWriter) element(path, attributes, text string) {
	w.in(path, func() {
		for i := range w.open {
			if opened := &w.open[i]; !opened.written {
				w.out.WriteString("<" + opened.name)
				if i == len(w.open)-1 {
					w.out.WriteString(attributes)
				}
				w.out.WriteByte('>')
				opened.written = true
			}
		}
		_ = xml.EscapeText(&w.out, []byte(text)) // a buffer takes everything
	})
}

// bankClean makes text fit to stand in XML on one line: spaces and control
// characters become one space, invisible format characters go.
func bankClean(text string) string {
	text = strings.Map(func(c rune) rune {
		if unicode.In(c, unicode.Cf, unicode.Co) {
			return -1
		}
		return c
	}, strings.ToValidUTF8(text, " "))
	return strings.Join(strings.FieldsFunc(text, func(c rune) bool {
		return unicode.IsSpace(c) || unicode.IsControl(c) || c == 0xFFFE || c == 0xFFFF
	}), " ")
}

// bankCut cuts text to most characters and drops a space at its new end.
func bankCut(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return strings.TrimRight(string(runes[:most]), " ")
	}
	return text
}

// bankPieces breaks text into pieces of at most most characters, at a space
// where there is one.
func bankPieces(text string, most int) []string {
	var pieces []string
	for runes := []rune(bankClean(text)); len(runes) > 0; {
		end := min(most, len(runes))
		for at := end; end < len(runes) && at > 0; at-- {
			if runes[at] == ' ' {
				end = at
				break
			}
		}
		pieces = append(pieces, string(runes[:end]))
		runes = runes[end:]
		if len(runes) > 0 && runes[0] == ' ' {
			runes = runes[1:]
		}
	}
	return pieces
}
