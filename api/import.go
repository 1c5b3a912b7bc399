package api

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"comity/domain"
)

func (s *Server) importRoutes() []route {
	return []route{
		{method: http.MethodPost, path: "/v1/imports", handle: s.createImport},
		{method: http.MethodGet, path: "/v1/imports/:id", handle: s.getImport},
		{method: http.MethodGet, path: "/v1/imports/:id/results", handle: s.listImportResults},
	}
}

// Import is a file of payment history and how far it has been read.
type Import struct {
	ID         string  `json:"id" example:"imp_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	State      string  `json:"state" enums:"queued,running,done,refused" example:"queued"`
	Reason     *string `json:"reason" extensions:"x-nullable" example:"line 1: due_date: missing-column: the file has no column due_date"`
	DryRun     bool    `json:"dry_run" example:"false"`
	RowsRead   int     `json:"rows_read" example:"42672"`
	RowsGood   int     `json:"rows_good" example:"42660"`
	RowsBad    int     `json:"rows_bad" example:"12"`
	RowsSame   int     `json:"rows_same" example:"0"`
	CreatedAt  string  `json:"created_at" format:"date-time" example:"2026-02-05T14:12:00Z"`
	FinishedAt *string `json:"finished_at" extensions:"x-nullable" format:"date-time" example:"2026-02-05T14:12:09Z"`
} //	@name	Import

func importOf(i domain.Import) Import {
	return Import{
		ID: i.ID.String(), State: string(i.State), Reason: textOrNull(i.Reason), DryRun: i.DryRun, RowsRead: i.Read, RowsGood: i.Good,
		RowsBad: i.Bad, RowsSame: i.Same, CreatedAt: moment(i.CreatedAt), FinishedAt: momentOrNull(i.FinishedAt),
	}
}

func importLocation(i domain.Import) string { return "/v1/imports/" + i.ID.String() }

// maxHistoryBytes bounds a file of payment history.
const maxHistoryBytes = 64 << 20

// createImport takes a file of payment history.
//
//	@Summary		Import payment history
//	@Description	A CSV file in UTF-8, separated by commas, with the columns `invoice_id, debtor_id, amount, currency, issue_date, due_date, paid_date` and, if there are any, `disputed` and `observed_until` (the last day on which a payment was looked for). At most 64 MiB and 1,000,000 rows. It is read after the answer; ask for the import to see how far it is. A debtor_id is the code of a relationship; one that is not there yet is added. Rows with faults do not keep out the others. The same row again changes nothing, and an open invoice that is now paid is brought up to date. A dry run says what would happen.
//	@Tags			imports
//	@Accept			text/csv
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string	true	"names this request for ever"
//	@Param			dry_run			query		bool	false	"change nothing"	default(false)
//	@Param			file			body		string	true	"the file"
//	@Success		202				{object}	Import
//	@Header			202				{string}	Location	"the import"
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Failure		503				{object}	Problem
//	@Router			/v1/imports [post]
func (s *Server) createImport(c *gin.Context) error {
	dryRun, err := importQuery(c)
	if err != nil {
		return err
	}
	file, err := s.stage(c)
	if err != nil {
		return err
	}
	once, err := once(c, answering(http.StatusAccepted, importOf, importLocation))
	if err != nil {
		return err
	}
	answer, err := s.market.CreateImport(c.Request.Context(), caller(c), file, dryRun, once)
	if err != nil {
		return err
	}
	send(c, answer)
	return nil
}

// importQuery reads what stands beside the file, the key among it: a file of
// 64 MiB is not taken before they are right.
func importQuery(c *gin.Context) (dryRun bool, err error) {
	if err := onlyQuery(c, "dry_run"); err != nil {
		return false, err
	}
	if _, err := once[domain.Import](c, nil); err != nil {
		return false, err
	}
	given, err := flag(c, "dry_run")
	return given != nil && *given, err
}

// stage stores the body as it comes and remembers the digest of its bytes.
func (s *Server) stage(c *gin.Context) (domain.StagedFile, error) {
	if err := mediaType(c, "text/csv"); err != nil {
		return domain.StagedFile{}, err
	}
	tooLarge := domain.ErrTooLarge.Because("at most %d bytes", maxHistoryBytes)
	if c.Request.ContentLength > maxHistoryBytes {
		return domain.StagedFile{}, tooLarge
	}
	file, err := s.market.StageFile(c.Request.Context(), caller(c), http.MaxBytesReader(c.Writer, c.Request.Body, maxHistoryBytes))
	if _, over := errors.AsType[*http.MaxBytesError](err); over {
		return domain.StagedFile{}, tooLarge
	}
	c.Set(hashKey, file.SHA256)
	return file, err
}

// getImport answers how far an import has come.
//
//	@Summary	Read an import
//	@Tags		imports
//	@Produce	json
//	@Security	Bearer
//	@Param		id	path		string	true	"import"
//	@Success	200	{object}	Import
//	@Failure	400	{object}	Problem
//	@Failure	401	{object}	Problem
//	@Failure	403	{object}	Problem
//	@Failure	404	{object}	Problem
//	@Failure	503	{object}	Problem
//	@Router		/v1/imports/{id} [get]
func (s *Server) getImport(c *gin.Context) error {
	id, err := pathOnly(c, domain.ParseImportID)
	if err != nil {
		return err
	}
	imp, err := s.market.Import(c.Request.Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, importOf(imp))
}

// ImportResult says which rule one row of an import broke.
type ImportResult struct {
	Line   int     `json:"line" example:"17"`
	Field  *string `json:"field" extensions:"x-nullable" example:"due_date"`
	Rule   string  `json:"rule" example:"due-before-issue"`
	Detail string  `json:"detail" example:"due on 2026-01-05, issued on 2026-02-05"`
} //	@name	ImportResult

func importResultOf(r domain.ImportResult) ImportResult {
	return ImportResult{Line: r.Line, Field: textOrNull(r.Field), Rule: r.Rule, Detail: r.Detail}
}

// listImportResults lists what is wrong with rows of an import.
//
//	@Summary		List the rows that were not taken
//	@Description	In the order of the file; rows that were taken are not listed.
//	@Tags			imports
//	@Produce		json
//	@Security		Bearer
//	@Param			id		path		string	true	"import"
//	@Param			limit	query		int		false	"rows of a page"	minimum(1)	maximum(200)	default(50)
//	@Param			cursor	query		string	false	"next_cursor of the page before"
//	@Success		200		{object}	listOf[ImportResult]
//	@Failure		400		{object}	Problem
//	@Failure		401		{object}	Problem
//	@Failure		403		{object}	Problem
//	@Failure		404		{object}	Problem
//	@Failure		503		{object}	Problem
//	@Router			/v1/imports/{id}/results [get]
func (s *Server) listImportResults(c *gin.Context) error {
	id, err := pathID(c, domain.ParseImportID)
	if err != nil {
		return err
	}
	if err := onlyQuery(c, "limit", "cursor"); err != nil {
		return err
	}
	p, after, err := linePage(c)
	if err != nil {
		return err
	}
	rows, err := s.market.ImportResults(c.Request.Context(), caller(c), id, after, p.Limit)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, listing(rows, p, importResultOf, func(r domain.ImportResult) string { return strconv.Itoa(r.Line) }))
}

// linePage is page where the cursor is a line of a file.
func linePage(c *gin.Context) (p domain.Page, after int, err error) {
	p, err = page(c, func(text string) (domain.ImportID, error) {
		line, err := strconv.ParseUint(text, 10, 31)
		after = int(line)
		return domain.ImportID{}, err
	})
	return p, after, err
}
