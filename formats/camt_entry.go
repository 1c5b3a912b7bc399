package formats

import (
	"slices"
	"strings"

	"comity/money"
)

// entry adds the lines of one entry to the statement, when it is booked.
func (r *camtReader) entry(node *bankNode) {
	status := r.must(node, "Sts")
	code := r.text(status, "Cd")
	if code == "" && status != nil {
		code = status.text
	}
	if code != "BOOK" || r.err != nil {
		return
	}
	line := BankLine{
		Entry:       r.entries,
		EntryRef:    r.id(node, "NtryRef"),
		ServicerRef: r.id(node, "AcctSvcrRef"),
		Amount:      r.signed(node),
		Reversal:    r.flag(node, "RvslInd"),
		Code:        r.code(node),
	}
	booked, value := r.date(node, "BookgDt"), r.date(node, "ValDt")
	line.Booked, line.Value = camtDay(booked, value), camtDay(value, booked)
	if line.Booked.IsZero() {
		r.refuse(node, "date-missing", "there is neither a booking date nor a value date")
	}
	parts := r.parts(node, line)
	if r.err != nil {
		return
	}
	note := bankShort(r.text(node, "AddtlNtryInf"), camtMaxText)
	for i := range parts {
		if parts[i].Remittance == "" {
			parts[i].Remittance = note
		}
	}
	r.statement.Lines = append(r.statement.Lines, parts...)
}

// parts returns the lines of an entry: one for each of its transactions when
// these are several and sum to it, otherwise one.
func (r *camtReader) parts(node *bankNode, entry BankLine) []BankLine {
	var lines []BankLine
	amounts := []money.Amount{money.Minor(0, entry.Amount.Currency())}
	for _, details := range node.all("NtryDtls") {
		for _, transaction := range details.all("TxDtls") {
			line := entry
			credit := r.credit(transaction, entry.Amount)
			line.Amount = r.partAmount(transaction, credit)
			r.transaction(transaction, &line, credit)
			lines = append(lines, line)
			amounts = append(amounts, line.Amount)
		}
	}
	if r.err != nil || len(lines) == 0 {
		return []BankLine{entry}
	}
	if len(lines) == 1 {
		lines[0].Amount = entry.Amount
		return lines
	}
	if !camtSumsTo(amounts, entry.Amount) {
		return []BankLine{camtMerged(entry, lines)}
	}
	for i := range lines {
		lines[i].Part = i + 1
	}
	return lines
}

// camtSumsTo reports whether amounts are all in the currency of whole and sum to it.
func camtSumsTo(amounts []money.Amount, whole money.Amount) bool {
	for _, amount := range amounts {
		if amount.Currency() != whole.Currency() {
			return false
		}
	}
	sum, ok := camtSum(amounts)
	return ok && sum == whole
}

// credit reports whether one transaction brings money in: as the entry does,
// unless the transaction has a sign of its own.
func (r *camtReader) credit(transaction *bankNode, entry money.Amount) bool {
	switch sign := r.at(transaction, "CdtDbtInd"); {
	case sign == nil:
		return !entry.Negative()
	case sign.text == "CRDT":
		return true
	case sign.text != "DBIT":
		r.refuse(sign, "not-a-sign", "%q is neither CRDT nor DBIT", bankShort(sign.text, 10))
	}
	return false
}

// partAmount returns the signed amount of one transaction: Amt, or in older
// versions AmtDtls/TxAmt/Amt. It is the zero Amount, of no currency, when the bank
// gives none, or one in a currency that Comity does not keep: that is what was
// instructed abroad, and the entry says what was booked.
func (r *camtReader) partAmount(transaction *bankNode, credit bool) money.Amount {
	node := r.at(transaction, "Amt")
	if node == nil {
		node = r.at(transaction, "AmtDtls", "TxAmt", "Amt")
	}
	if node == nil {
		return money.Amount{}
	}
	if _, err := money.ParseCurrency(node.currency); err != nil {
		return money.Amount{}
	}
	amount := r.amount(node)
	if !credit {
		return amount.Negated()
	}
	return amount
}

// transaction fills in what one transaction says beyond its amount.
func (r *camtReader) transaction(node *bankNode, line *BankLine, credit bool) {
	if ref := r.id(node, "Refs", "AcctSvcrRef"); ref != "" {
		line.ServicerRef = ref
	}
	if code := r.code(node); code != "" {
		line.Code = code
	}
	line.EndToEndID = r.id(node, "Refs", "EndToEndId")
	line.ReturnReason = r.text(node, "RtrInf", "Rsn", "Cd")
	if line.ReturnReason == "" {
		line.ReturnReason = r.text(node, "RtrInf", "Rsn", "Prtry")
	}
	r.remittance(node, line)
	// Who is on the other side: of a credit the debtor, of a debit the creditor,
	// and of a reversal the one who was there the first time.
	side := "Cdtr"
	if credit != line.Reversal {
		side = "Dbtr"
	}
	parties := r.at(node, "RltdPties")
	line.Counterparty = r.party(r.at(parties, side))
	if line.Counterparty == "" {
		line.Counterparty = r.party(r.at(parties, "Ultmt"+side))
	}
	line.CounterpartyAccount = r.account(r.at(parties, side+"Acct", "Id"), r.at(node, "RltdAgts", side+"Agt"))
}

// party returns the name of a party, which version 8 wraps into Pty or Agt.
func (r *camtReader) party(node *bankNode) string {
	for _, path := range [][]string{{"Nm"}, {"Pty", "Nm"}, {"Agt", "FinInstnId", "Nm"}} {
		if name := r.text(node, path...); name != "" {
			return name
		}
	}
	return ""
}

// remittance collects what the payer wrote.
func (r *camtReader) remittance(node *bankNode, line *BankLine) {
	remittance := r.at(node, "RmtInf")
	var texts []string
	for _, text := range remittance.all("Ustrd") {
		texts = append(texts, text.text)
	}
	for _, structured := range remittance.all("Strd") {
		if ref := r.text(structured, "CdtrRefInf", "Ref"); ref != "" {
			line.References = append(line.References, ref)
		}
		for _, document := range structured.all("RfrdDocInf") {
			if number := r.text(document, "Nb"); number != "" {
				line.Documents = append(line.Documents, number)
			}
		}
		for _, text := range structured.all("AddtlRmtInf") {
			texts = append(texts, text.text)
		}
	}
	if len(texts) == 0 {
		texts = append(texts, r.text(node, "AddtlTxInf"))
	}
	line.Remittance = bankShort(strings.Join(texts, " "), camtMaxText)
}

// code returns the bank transaction code of an entry or a transaction.
func (r *camtReader) code(node *bankNode) string {
	codes := r.at(node, "BkTxCd")
	if family := r.text(codes, "Domn", "Cd"); family != "" {
		return strings.Join([]string{
			family, r.text(codes, "Domn", "Fmly", "Cd"), r.text(codes, "Domn", "Fmly", "SubFmlyCd"),
		}, "/")
	}
	return r.id(codes, "Prtry", "Cd")
}

// camtMerged returns one line for an entry whose parts have no amounts that sum
// to it: texts and references of all parts, the rest only where all parts agree.
func camtMerged(entry BankLine, parts []BankLine) BankLine {
	merged := parts[0]
	merged.Amount, merged.ServicerRef, merged.Code = entry.Amount, entry.ServicerRef, entry.Code
	var texts []string
	merged.References, merged.Documents = nil, nil
	for _, part := range parts {
		if part.Remittance != "" && !slices.Contains(texts[max(0, len(texts)-1):], part.Remittance) {
			texts = append(texts, part.Remittance)
		}
		merged.References = append(merged.References, part.References...)
		merged.Documents = append(merged.Documents, part.Documents...)
		merged.EndToEndID = camtSame(merged.EndToEndID, part.EndToEndID)
		merged.ReturnReason = camtSame(merged.ReturnReason, part.ReturnReason)
		merged.Counterparty = camtSame(merged.Counterparty, part.Counterparty)
		if merged.CounterpartyAccount != part.CounterpartyAccount {
			merged.CounterpartyAccount = BankAccount{}
		}
	}
	merged.Remittance = bankShort(strings.Join(texts, " "), camtMaxText)
	return merged
}

// camtSame returns a if b is the same, else "".
func camtSame(a, b string) string {
	if a == b {
		return a
	}
	return ""
}
