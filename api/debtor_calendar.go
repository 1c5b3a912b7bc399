package api

import "github.com/gin-gonic/gin"

// debtorCalendar answers what falls due as a file for the debtor's own calendar.
//
//	@Summary		Get the calendar of what falls due
//	@Description	One all-day event (RFC 5545) for the due date of each open invoice, each day that was promised and each instalment to come of a plan in force: amount, invoice, reference and seller. There is no account in it and no link. It is in the language that the debtor prefers, else in the best of ours that the Accept-Language header asks for.
//	@Tags			debtor
//	@Produce		text/calendar
//	@Security		Link
//	@Param			Accept-Language	header		string	false	"English, Spanish, French, German or Portuguese"
//	@Success		200				{file}		file
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		429				{object}	Problem
//	@Router			/v1/debtor/calendar [get]
func (s *Server) debtorCalendar(c *gin.Context) error {
	if err := onlyQuery(c); err != nil {
		return err
	}
	by := caller(c)
	page, err := s.cases.Page(c.Request.Context(), by)
	if err != nil {
		return err
	}
	c.Header("Vary", "Accept-Language")
	download(c, s.calendar(page, c.GetHeader("Accept-Language"), by.Now))
	return nil
}
