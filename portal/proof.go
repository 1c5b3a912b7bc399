package portal

import "github.com/gin-gonic/gin"

// proofLetter is where the confirmation of a sale is read again; asking for one is a deed of its own.
const proofLetter = "proof-letter"

// proofLetter answers the letter that went with the answer to who asked for proof, as it was sent.
func (p *portal) proofLetter(c *gin.Context, v visit) {
	letter, err := p.Cases.DebtorProof(c.Request.Context(), v.by)
	p.handOut(c, letter, err)
}
