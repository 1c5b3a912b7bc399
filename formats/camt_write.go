package formats

import (
	"strconv"
	"strings"
)

// WriteCamt053 returns the statement as a camt.053.001.08 message, as a bank
// would send it. Lines of one entry with parts become one batch entry. Text is
// cut to the lengths of the schema; [ReadCamt053] reads the rest back unchanged.
func WriteCamt053(statement BankStatement) []byte {
	w := bankDocument(camtNamespace + "08")
	w.in("BkToCstmrStmt", func() {
		w.in("GrpHdr", func() {
			w.id("MsgId", statement.ID)
			w.moment("CreDtTm", statement.CreatedAt)
		})
		w.in("Stmt", func() { camtWriteStatement(w, statement) })
	})
	return w.done()
}

func camtWriteStatement(w *bankWriter, s BankStatement) {
	w.id("Id", s.ID)
	if s.Sequence > 0 {
		w.element("ElctrncSeqNb", "", strconv.FormatInt(s.Sequence, 10))
	}
	w.moment("CreDtTm", s.CreatedAt)
	w.in("FrToDt", func() {
		w.element("FrDtTm", "", s.From.String()+"T00:00:00")
		w.element("ToDtTm", "", s.To.String()+"T23:59:59")
	})
	w.in("Acct", func() {
		w.account("Id", s.Account)
		w.element("Ccy", "", string(s.Currency))
		w.agent("Svcr", s.Account.Number)
	})
	camtWriteBalance(w, "OPBD", s.Opening)
	camtWriteBalance(w, "CLBD", s.Closing)
	for lines := s.Lines; len(lines) > 0; {
		parts := 1
		for parts < len(lines) && lines[0].Part > 0 && lines[parts].Part > 0 && lines[parts].Entry == lines[0].Entry {
			parts++
		}
		camtWriteEntry(w, lines[:parts])
		lines = lines[parts:]
	}
}

func camtWriteBalance(w *bankWriter, code string, balance BankBalance) {
	w.in("Bal", func() {
		w.element("Tp/CdOrPrtry/Cd", "", code)
		w.amount("Amt", balance.Amount)
		w.sign(balance.Amount)
		w.date("Dt/Dt", balance.On)
	})
}

func camtWriteEntry(w *bankWriter, parts []BankLine) {
	first, sum := parts[0], parts[0].Amount
	for _, part := range parts[1:] {
		sum = sum.Plus(part.Amount)
	}
	w.in("Ntry", func() {
		w.text("NtryRef", first.EntryRef, 35)
		w.amount("Amt", sum)
		w.sign(sum)
		if first.Reversal {
			w.element("RvslInd", "", "true")
		}
		w.element("Sts/Cd", "", "BOOK")
		w.date("BookgDt/Dt", first.Booked)
		w.date("ValDt/Dt", first.Value)
		camtWriteCode(w, first.Code)
		w.in("NtryDtls", func() {
			for _, part := range parts {
				w.in("TxDtls", func() { camtWritePart(w, part) })
			}
		})
	})
}

// camtWriteCode writes "PMNT/RCDT/ESCT" as a domain code, anything else as the
// bank's own. The schema demands a code: a line without one gets "NOTPROVIDED".
func camtWriteCode(w *bankWriter, code string) {
	parts := strings.Split(code, "/")
	if len(parts) != 3 || !camtCodes(parts) {
		w.id("BkTxCd/Prtry/Cd", code)
		return
	}
	w.in("BkTxCd/Domn", func() {
		w.element("Cd", "", parts[0])
		w.in("Fmly", func() {
			w.element("Cd", "", parts[1])
			w.element("SubFmlyCd", "", parts[2])
		})
	})
}

// camtCodes reports whether all parts are ISO 20022 external codes, of one to
// four letters and digits.
func camtCodes(parts []string) bool {
	for _, part := range parts {
		if len(part) < 1 || len(part) > 4 || strings.Trim(part, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != "" {
			return false
		}
	}
	return true
}

func camtWritePart(w *bankWriter, line BankLine) {
	w.in("Refs", func() {
		w.text("AcctSvcrRef", line.ServicerRef, 35)
		w.text("EndToEndId", line.EndToEndID, 35)
	})
	w.amount("Amt", line.Amount)
	w.sign(line.Amount)
	side := "Cdtr"
	if line.Amount.Negative() == line.Reversal {
		side = "Dbtr"
	}
	w.in("RltdPties", func() {
		w.text(side+"/Pty/Nm", line.Counterparty, 140)
		w.account(side+"Acct/Id", line.CounterpartyAccount)
	})
	w.in("RltdAgts", func() { w.agent(side+"Agt", line.CounterpartyAccount.Number) })
	w.in("RmtInf", func() {
		for _, piece := range bankPieces(line.Remittance, 140) {
			w.text("Ustrd", piece, 140)
		}
		for _, number := range line.Documents {
			w.text("Strd/RfrdDocInf/Nb", number, 35)
		}
		for _, reference := range line.References {
			w.text("Strd/CdtrRefInf/Ref", reference, 35)
		}
	})
	if len(line.ReturnReason) > 4 {
		w.text("RtrInf/Rsn/Prtry", line.ReturnReason, 35)
	} else {
		w.text("RtrInf/Rsn/Cd", line.ReturnReason, 4)
	}
}
