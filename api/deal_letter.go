package api

import (
	"github.com/gin-gonic/gin"

	"comity/domain"
)

// dealLetter answers with a letter about a deal, on paper.
//
//	@Summary		Print a letter about a deal
//	@Description	For its seller and its factor. `introduction` is the seller's, and there is one until the notice has left; `notice`, `agreement` (of a plan) and `formal_demand` are as they were sent; `statement` is the debtor's account as of now, once it had a notice; `release` is of what was given back, as it was sent, or of a sale that was undone after the notice. `proof` confirms the sale to a debtor that asks for it, once it had a notice, and goes with the answer to who asked. `follow_up` is the seller's alone: its thanks once everything is settled about a part that is its own again, which it sends by itself. What the deal has no letter of is refused as `wrong-state`.
//	@Tags			deals
//	@Produce		application/pdf,plain
//	@Security		Bearer
//	@Param			id		path		string	true	"id of the deal"
//	@Param			kind	path		string	true	"which letter"	Enums(introduction,notice,statement,agreement,formal_demand,release,proof,follow_up)
//	@Param			as		query		string	false	"words: the text alone, for a mail; a PDF when it is left out"	Enums(pdf,words)
//	@Success		200		{file}		file	"the letter, A4, or US Letter for a debtor of the United States or Canada"
//	@Failure		400		{object}	Problem
//	@Failure		401		{object}	Problem
//	@Failure		403		{object}	Problem
//	@Failure		404		{object}	Problem
//	@Failure		409		{object}	Problem
//	@Router			/v1/deals/{id}/letters/{kind} [get]
func (s *Server) dealLetter(c *gin.Context) error {
	id, err := pathID(c, domain.ParseDealID)
	if err != nil {
		return err
	}
	if err := onlyQuery(c, "as"); err != nil {
		return err
	}
	printed := s.cases.DealLetter
	switch c.DefaultQuery("as", "pdf") {
	case "pdf":
	case "words":
		printed = s.cases.DealLetterWords
	default:
		return domain.ErrUnreadable.At("as", "not-allowed", "pdf or words")
	}
	letter, err := printed(c.Request.Context(), caller(c), id, c.Param("kind"))
	if err != nil {
		return err
	}
	download(c, letter)
	return nil
}
