package marketplace

import (
	"context"
	"fmt"
	"strings"
	"time"

	"comity/domain"
	"comity/formats"
	"comity/money"
)

// A LoadedFile is what came of a bank file: its statements, and whether the
// same file was here before.
type LoadedFile struct {
	Statements []domain.Statement
	Before     bool
}

// LoadStatements stores a bank file, whole or not at all, and lets its lines be
// applied one by one. The same file again changes nothing. It refuses with
// domain.ErrInvalid when a statement is of an account that is not the factor's,
// and with ErrConflict when a statement of the same number came with other bytes.
func (s *Service) LoadStatements(ctx context.Context, by domain.Caller, file *domain.Document, read []formats.BankStatement, once domain.Once[LoadedFile]) (domain.Answer, error) {
	if err := by.Must(domain.KindFactor); err != nil {
		return domain.Answer{}, err
	}
	ids := statementIDs(read)
	audit := domain.New[domain.AuditID]()
	return s.atomically(ctx, once.Entry(by, domain.ScopeFactor), func(tx Tx) (domain.Answer, error) {
		accounts, err := tx.Accounts(ctx, by.Organization)
		if err != nil {
			return domain.Answer{}, fmt.Errorf("read accounts: %w", err)
		}
		known, err := tx.StatementsOfFile(ctx, by.Organization, file.SHA256)
		if err != nil {
			return domain.Answer{}, err
		}
		if len(known) > 0 {
			return once.Answer(LoadedFile{known, true}), nil
		}
		statements, lines, err := stored(read, ids, accounts, file, by)
		if err != nil {
			return domain.Answer{}, err
		}
		if err := tx.SaveStatements(ctx, file, statements, lines); err != nil {
			return domain.Answer{}, fmt.Errorf("save statements: %w", err)
		}
		trail := domain.Trail{Audit: []domain.AuditRow{domain.Audited(audit, by, "statements.loaded", "document", file.ID.UUID, len(statements), len(lines))}}
		for _, st := range statements {
			trail.Jobs = append(trail.Jobs, domain.Job{World: by.World, Kind: domain.JobStatement, Ref: st.ID.UUID})
		}
		return once.Answer(LoadedFile{statements, false}), tx.SaveTrail(ctx, trail)
	})
}

func statementIDs(read []formats.BankStatement) [][]domain.LineID {
	ids := make([][]domain.LineID, len(read))
	for i, st := range read {
		for range len(st.Lines) + 1 { // the first names the statement itself
			ids[i] = append(ids[i], domain.New[domain.LineID]())
		}
	}
	return ids
}

// stored turns what the file says into rows, or says which statement is not ours.
func stored(read []formats.BankStatement, ids [][]domain.LineID, accounts []domain.BankAccount, file *domain.Document, by domain.Caller) ([]domain.Statement, []domain.StatementLine, error) {
	var statements []domain.Statement
	var lines []domain.StatementLine
	for i, st := range read {
		account, err := accountOf(st, accounts)
		if err != nil {
			return nil, nil, err
		}
		row := domain.Statement{
			ID: domain.StatementID{UUID: ids[i][0].UUID}, Factor: by.Organization, Account: account.ID, File: file.ID, FileSHA256: file.SHA256,
			Number: st.ID, Span: domain.Span{From: st.From, To: st.To, Opening: st.Opening.Amount, Closing: st.Closing.Amount},
			Lines: len(st.Lines), Pending: len(st.Lines), LoadedAt: by.Now,
		}
		statements = append(statements, row)
		for n, e := range st.Lines {
			lines = append(lines, domain.StatementLine{
				ID: ids[i][n+1], Statement: row.ID, Factor: by.Organization, Account: account.ID, N: n + 1,
				AmountMinor: e.Amount.Units(), Currency: string(e.Amount.Currency()), BookedOn: e.Booked, ValueOn: e.Value, Reversal: e.Reversal || e.ReturnReason != "",
				EndToEnd: e.EndToEndID, Reference: strings.Join(e.References, " "), Remittance: strings.TrimSpace(e.Remittance + " " + strings.Join(e.Documents, " ")),
				Counterparty: e.Counterparty, CounterAccount: e.CounterpartyAccount.Text, State: "pending",
			})
		}
	}
	return statements, lines, nil
}

func accountOf(st formats.BankStatement, accounts []domain.BankAccount) (domain.BankAccount, error) {
	for _, account := range accounts {
		if account.Number.Key() == st.Account.Number.Key() && account.Currency == st.Currency {
			return account, nil
		}
	}
	return domain.BankAccount{}, domain.ErrInvalid.Because("statement %s is of an account that is not registered", st.ID).
		At("/BkToCstmrStmt/Stmt/Acct", "unknown-account", "register the account first, in the statement's currency")
}

// Statement returns one of the caller's statements.
func (s *Service) Statement(ctx context.Context, by domain.Caller, id domain.StatementID) (domain.Statement, []domain.StatementLine, error) {
	if err := by.Must(domain.KindFactor); err != nil {
		return domain.Statement{}, nil, err
	}
	var st domain.Statement
	var lines []domain.StatementLine
	err := s.read(ctx, by.Own(), func(tx Tx) error {
		var err error
		if st, err = tx.Statement(ctx, id, by.Organization); err != nil {
			return err
		}
		if lines, err = tx.StatementLines(ctx, id, by.Organization); err != nil {
			return err
		}
		st.Through, err = coverage(ctx, tx, st.Account)
		return err
	})
	return st, lines, err
}

// coverage is the last day that an account's statements cover without a gap.
func coverage(ctx context.Context, tx Tx, id domain.AccountID) (domain.Date, error) {
	account, err := tx.Account(ctx, id)
	if err != nil {
		return domain.Date{}, err
	}
	spans, err := tx.Spans(ctx, id)
	if err != nil {
		return domain.Date{}, err
	}
	return domain.CoveredThrough(spans, domain.BankingDays(account.Currency, account.Number.Country())), nil
}

// Statements lists the caller's statements.
func (s *Service) Statements(ctx context.Context, by domain.Caller, page domain.Page) ([]domain.Statement, error) {
	if err := by.Must(domain.KindFactor); err != nil {
		return nil, err
	}
	var list []domain.Statement
	err := s.read(ctx, by.Own(), func(tx Tx) error {
		var err error
		list, err = tx.Statements(ctx, by.Organization, page)
		return err
	})
	return list, err
}

// ApplyStatement applies the lines of a statement that still wait, each in its
// own transaction: killed anywhere, it goes on with the next line.
func (s *Service) ApplyStatement(ctx context.Context, world domain.WorldID, id domain.StatementID, now time.Time) error {
	var pending []domain.LineID
	err := s.work(ctx, "apply_statement", world, now, func(tx Tx, _ domain.Caller) error {
		var err error
		pending, err = tx.PendingLines(ctx, id)
		return err
	})
	if err != nil {
		return fmt.Errorf("read lines of %s: %w", id, err)
	}
	for _, line := range pending {
		if err := s.ApplyLine(ctx, world, line, now); err != nil {
			return fmt.Errorf("apply %s: %w", line, err)
		}
	}
	if err := s.takeCardPayouts(ctx, world, id, now); err != nil {
		return err
	}
	return s.work(ctx, "apply_statement", world, now, func(tx Tx, _ domain.Caller) error { return tx.WakePromises(ctx, id, now) })
}

// ApplyLine does what one booked line means: the bank carried out an order of
// ours, or money arrived. A line that means neither is noted for a person.
func (s *Service) ApplyLine(ctx context.Context, world domain.WorldID, id domain.LineID, now time.Time) error {
	ids := newReceiptIDs()
	return s.work(ctx, "apply_line", world, now, func(tx Tx, by domain.Caller) error {
		file, err := tx.LineFile(ctx, id)
		if err != nil {
			return err
		}
		if file.Line.State != "pending" {
			return nil
		}
		amount := money.Minor(file.Line.AmountMinor, money.Currency(file.Line.Currency))
		switch {
		case file.Line.Reversal:
			return tx.MarkLine(ctx, id, "noted", "a reversal: a person looks at it")
		case file.Payout != nil && amount.Negative():
			return s.confirm(ctx, tx, by, file, ids)
		case file.Payout != nil && file.Payout.Kind == domain.PaySweep:
			return tx.MarkLine(ctx, id, "noted", "the other side of our own transfer")
		case amount.Positive() && file.Account.Purpose == domain.AccountCollection:
			return s.receive(ctx, tx, by, file, ids)
		default:
			return tx.MarkLine(ctx, id, "noted", "no order of ours")
		}
	})
}

// named reports whether a line's text names an invoice number as a word of its own.
func named(line domain.StatementLine, number string) bool {
	text, word := " "+strings.ToUpper(line.Remittance+" "+line.Reference)+" ", strings.ToUpper(number)
	if word == "" {
		return false
	}
	for from := 0; ; {
		at := strings.Index(text[from:], word)
		if at < 0 {
			return false
		}
		at += from
		if at > 0 && !inWord(text[at-1]) && !inWord(text[at+len(word)]) {
			return true
		}
		from = at + 1
	}
}

func inWord(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'A' && b <= 'Z' || b == '-' || b == '/' || b >= 0x80
}
