package api

import (
	"github.com/gin-gonic/gin"

	"comity/domain"
)

// dealLetter answers with a letter about a deal, on paper.
//
//	@Summary		Print a letter about a deal
//	@Description	For its seller and its factor. `introduction` is the seller's, and there is one until the notice has left; `notice`, `agreement` (of a plan) and `formal_demand` are as they were sent; `statement` is the debtor's account as of now, once it had a notice; `release` is of what was given back, as it was sent, or of a sale that was undone after the notice. `proof` confirms the sale to a debtor that asks for it, once it had a notice, and goes with the answer to who asked. What the deal has no letter of is refused as `wrong-state`.
//	@Tags			deals
//	@Produce		application/pdf
//	@Security		Bearer
//	@Param			id		path		string	true	"id of the deal"
//	@Param			kind	path		string	true	"which letter"	Enums(introduction,notice,statement,agreement,formal_demand,release,proof)
//	@Success		200		{file}		file	"the letter, A4, or US Letter for a debtor of the United States or Canada"
//	@Failure		400		{object}	Problem
//	@Failure		401		{object}	Problem
//	@Failure		403		{object}	Problem
//	@Failure		404		{object}	Problem
//	@Failure		409		{object}	Problem
//	@Router			/v1/deals/{id}/letters/{kind} [get]
func (s *Server) dealLetter(c *gin.Context) error {
	id, err := pathOnly(c, domain.ParseDealID)
	if err != nil {
		return err
	}
	letter, err := s.cases.DealLetter(c.Request.Context(), caller(c), id, c.Param("kind"))
	if err != nil {
		return err
	}
	download(c, letter)
	return nil
}
