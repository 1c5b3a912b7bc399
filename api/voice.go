package api

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"comity/domain"
)

const maxVoice = 160

// SetVoiceRequest is what a seller adds to the letters about its invoices.
type SetVoiceRequest struct {
	// Your values, in one sentence; without links, bank details or demands.
	Line string `json:"line,omitempty" maxLength:"160" example:"We print every menu as if we dined there ourselves."`
	// Your own words in a thank-you, likewise.
	Thanks string `json:"thanks,omitempty" maxLength:"160" example:"Your orders keep our presses warm, thank you."`
	// Good customers of long standing may be written to informally.
	Informal bool `json:"informal,omitempty" example:"false" default:"false"`
} //	@name	SetVoiceRequest

func (r SetVoiceRequest) voice() (domain.Voice, error) {
	var k checker
	voice := domain.Voice{Line: k.oneLine("/line", r.Line, false, maxVoice), Thanks: k.oneLine("/thanks", r.Thanks, false, maxVoice), Informal: r.Informal}
	return voice, k.err()
}

// Voice is what a seller adds to the letters about its invoices.
type Voice struct {
	Line      *string `json:"line" extensions:"x-nullable" example:"We print every menu as if we dined there ourselves."`
	Thanks    *string `json:"thanks" extensions:"x-nullable" example:"Your orders keep our presses warm, thank you."`
	Informal  bool    `json:"informal" example:"false"`
	UpdatedAt *string `json:"updated_at" extensions:"x-nullable" format:"date-time" example:"2026-02-20T10:00:00Z"`
} //	@name	Voice

func voiceOf(v domain.Voice) Voice {
	return Voice{Line: textOrNull(v.Line), Thanks: textOrNull(v.Thanks), Informal: v.Informal, UpdatedAt: momentOrNull(v.UpdatedAt)}
}

// getVoice answers what the seller adds to letters.
//
//	@Summary	Read your voice
//	@Tags		cases
//	@Produce	json
//	@Security	Bearer
//	@Success	200	{object}	Voice
//	@Failure	400	{object}	Problem
//	@Failure	401	{object}	Problem
//	@Failure	403	{object}	Problem
//	@Router		/v1/voice [get]
func (s *Server) getVoice(c *gin.Context) error {
	if err := onlyQuery(c); err != nil {
		return err
	}
	voice, err := s.cases.Voice(c.Request.Context(), caller(c))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, voiceOf(voice))
}

// setVoice changes what the seller adds to letters.
//
//	@Summary		Set your voice
//	@Description	It stands beside our words in the letters about your invoices, never as their sender. It replaces what was there.
//	@Tags			cases
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			request	body		SetVoiceRequest	true	"your words"
//	@Success		200		{object}	Voice
//	@Failure		400		{object}	Problem
//	@Failure		401		{object}	Problem
//	@Failure		403		{object}	Problem
//	@Failure		413		{object}	Problem
//	@Failure		415		{object}	Problem
//	@Failure		422		{object}	Problem
//	@Router			/v1/voice [put]
func (s *Server) setVoice(c *gin.Context) error {
	request, err := bodyOnly[SetVoiceRequest](c)
	if err != nil {
		return err
	}
	voice, err := request.voice()
	if err != nil {
		return err
	}
	voice, err = s.cases.SetVoice(c.Request.Context(), caller(c), voice)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, voiceOf(voice))
}
