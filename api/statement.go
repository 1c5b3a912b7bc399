package api

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"

	"comity/domain"
	"comity/formats"
	"comity/marketplace"
	"comity/money"
)

const maxBankFileBytes = 20 << 20

var errBankFile = &domain.Refusal{Kind: domain.Invalid, Code: "bank-file-refused", Title: "The bank file is refused as a whole"}

func (s *Server) statementRoutes() []route {
	return []route{
		{method: http.MethodPost, path: "/v1/bank-statements", handle: s.loadStatements},
		{method: http.MethodGet, path: "/v1/bank-statements", handle: s.listStatements},
		{method: http.MethodGet, path: "/v1/bank-statements/:id", handle: s.getStatement},
	}
}

// Statement is one loaded bank statement.
type Statement struct {
	ID             string  `json:"id" example:"stm_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	AccountID      string  `json:"account_id" example:"acct_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Number         string  `json:"number" example:"2026-036"`
	From           string  `json:"from" format:"date" example:"2026-02-05"`
	To             string  `json:"to" format:"date" example:"2026-02-05"`
	Opening        Money   `json:"opening"`
	Closing        Money   `json:"closing"`
	Lines          int     `json:"lines" example:"12"`
	Pending        int     `json:"pending" example:"0"`
	CoveredThrough *string `json:"covered_through" extensions:"x-nullable" format:"date" example:"2026-02-05"`
	LoadedAt       string  `json:"loaded_at" format:"date-time" example:"2026-02-06T07:00:00Z"`
} //	@name	Statement

// StatementDetail is a statement with its lines.
type StatementDetail struct {
	Statement Statement       `json:"statement"`
	Lines     []StatementLine `json:"lines"`
} //	@name	StatementDetail

// StatementLine is one booked movement; a credit is positive.
type StatementLine struct {
	N            int    `json:"n" example:"1"`
	Amount       Money  `json:"amount"`
	BookedOn     string `json:"booked_on" format:"date" example:"2026-02-05"`
	ValueDate    string `json:"value_date" format:"date" example:"2026-02-05"`
	Reversal     bool   `json:"reversal"`
	EndToEndID   string `json:"end_to_end_id" example:"CM0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Reference    string `json:"reference" example:"RF18539007547034"`
	Remittance   string `json:"remittance" example:"INV 2026-0117"`
	Counterparty string `json:"counterparty" example:"Harbor Hotel Group"`
	State        string `json:"state" enums:"pending,applied,noted" example:"applied"`
	Outcome      string `json:"outcome" example:"applied to 2026-0117"`
} //	@name	StatementLine

// LoadedStatements is what came of a bank file.
type LoadedStatements struct {
	Statements []Statement `json:"statements"`
	Before     bool        `json:"before" example:"false"`
} //	@name	LoadedStatements

func statementOf(st domain.Statement) Statement {
	return Statement{
		ID: st.ID.String(), AccountID: st.Account.String(), Number: st.Number, From: st.Span.From.String(), To: st.Span.To.String(),
		Opening: moneyOf(st.Span.Opening), Closing: moneyOf(st.Span.Closing), Lines: st.Lines, Pending: st.Pending,
		CoveredThrough: textOrNull(st.Through.String()), LoadedAt: moment(st.LoadedAt),
	}
}

func statementLineOf(l domain.StatementLine) StatementLine {
	return StatementLine{
		N: l.N, Amount: moneyOf(money.Minor(l.AmountMinor, money.Currency(l.Currency))), BookedOn: l.BookedOn.String(), ValueDate: l.ValueOn.String(),
		Reversal: l.Reversal, EndToEndID: l.EndToEnd, Reference: l.Reference, Remittance: l.Remittance, Counterparty: l.Counterparty,
		State: l.State, Outcome: l.Outcome,
	}
}

func statementsLoaded(file marketplace.LoadedFile) domain.Answer {
	status := http.StatusCreated
	if file.Before {
		status = http.StatusOK
	}
	return answering(status, func(file marketplace.LoadedFile) LoadedStatements {
		out := LoadedStatements{Statements: []Statement{}, Before: file.Before}
		for _, st := range file.Statements {
			out.Statements = append(out.Statements, statementOf(st))
		}
		return out
	}, nil)(file)
}

// loadStatements stores a bank file.
//
//	@Summary		Load a bank file
//	@Description	One camt.053 message of version 2, 3, 4 or 8, at most 20 MiB: stored whole or not at all. Its lines are applied one by one afterwards; `pending` counts down. The same file again changes nothing (200).
//	@Tags			money
//	@Accept			xml
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string				true	"makes a repetition harmless for 7 days"
//	@Param			request			body		string				true	"the camt.053 message"
//	@Success		200				{object}	LoadedStatements	"the same file was here before"
//	@Success		201				{object}	LoadedStatements
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Router			/v1/bank-statements [post]
func (s *Server) loadStatements(c *gin.Context) error {
	file, read, err := bankFile(c)
	if err != nil {
		return err
	}
	guard, err := once(c, statementsLoaded)
	if err != nil {
		return err
	}
	answer, err := s.market.LoadStatements(c.Request.Context(), caller(c), file, read, guard)
	if err != nil {
		return err
	}
	send(c, answer)
	return nil
}

// bankFile reads a camt.053 message, whole or not at all.
func bankFile(c *gin.Context) (*domain.Document, []formats.BankStatement, error) {
	if err := onlyQuery(c); err != nil {
		return nil, nil, err
	}
	if err := mediaType(c, "application/xml", "text/xml"); err != nil {
		return nil, nil, err
	}
	data, err := xmlBody(c, maxBankFileBytes)
	if err != nil {
		return nil, nil, err
	}
	read, err := formats.ReadCamt053(data)
	if broken, ok := errors.AsType[*formats.FileError](err); ok {
		at := firstOf(broken.Path, "/")
		if broken.Line > 0 {
			return nil, nil, errBankFile.Because("line %d: %s", broken.Line, broken.Detail).At(at, broken.Rule, broken.Detail)
		}
		return nil, nil, errBankFile.Because("%s", broken.Detail).At(at, broken.Rule, broken.Detail)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read bank file: %w", err)
	}
	return marketplace.NewDocument("application/xml", "statement.xml", data), read, nil
}

// listStatements lists the factor's statements.
//
//	@Summary		List bank statements
//	@Description	Here `covered_through` is null: it is found out for one statement at a time.
//	@Tags			money
//	@Produce		json
//	@Security		Bearer
//	@Param			limit	query		int		false	"how many, at most 200"	minimum(1)	maximum(200)	default(50)
//	@Param			cursor	query		string	false	"next_cursor of the page before"
//	@Success		200		{object}	listOf[Statement]
//	@Failure		400		{object}	Problem
//	@Failure		401		{object}	Problem
//	@Failure		403		{object}	Problem
//	@Router			/v1/bank-statements [get]
func (s *Server) listStatements(c *gin.Context) error {
	if err := onlyQuery(c, "limit", "cursor"); err != nil {
		return err
	}
	p, err := page(c, domain.ParseStatementID)
	if err != nil {
		return err
	}
	statements, err := s.market.Statements(c.Request.Context(), caller(c), p)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, listing(statements, p, statementOf, func(st domain.Statement) string { return st.ID.String() }))
}

// getStatement answers one statement with its lines.
//
//	@Summary		Get a bank statement
//	@Description	With every line and what became of it. `covered_through` is the last day that the account's statements cover without a gap.
//	@Tags			money
//	@Produce		json
//	@Security		Bearer
//	@Param			id	path		string	true	"id of the statement"
//	@Success		200	{object}	StatementDetail
//	@Failure		400	{object}	Problem
//	@Failure		401	{object}	Problem
//	@Failure		403	{object}	Problem
//	@Failure		404	{object}	Problem
//	@Router			/v1/bank-statements/{id} [get]
func (s *Server) getStatement(c *gin.Context) error {
	id, err := pathOnly(c, domain.ParseStatementID)
	if err != nil {
		return err
	}
	st, lines, err := s.market.Statement(c.Request.Context(), caller(c), id)
	if err != nil {
		return err
	}
	out := StatementDetail{Statement: statementOf(st), Lines: []StatementLine{}}
	for _, line := range lines {
		out.Lines = append(out.Lines, statementLineOf(line))
	}
	return respond(c, http.StatusOK, out)
}
