package api

import (
	"encoding/hex"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"comity/domain"
)

func (s *Server) modelRoutes() []route {
	return []route{
		{method: http.MethodGet, path: "/v1/models", handle: s.listModels},
		{method: http.MethodGet, path: "/v1/models/:name", handle: s.getModel},
		{method: http.MethodPost, path: "/v1/models/:name/moves", handle: s.moveModel},
	}
}

// Model is a fitted payment-time model: what it is for, what it was fitted on and
// how well. Its artefact is not shown.
type Model struct {
	Name       string        `json:"name" example:"paytime-9f86d081884c7d65"`
	SHA256     string        `json:"sha256" example:"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"`
	Status     string        `json:"status" enums:"proposed,shadow,live,retired" example:"shadow"`
	Note       *string       `json:"note" extensions:"x-nullable" example:"rows until June"`
	Trained    ModelTraining `json:"trained"`
	ProposedAt string        `json:"proposed_at" format:"date-time" example:"2026-02-04T14:12:00Z"`
	ShadowAt   *string       `json:"shadow_at" extensions:"x-nullable" format:"date-time" example:"2026-02-05T14:12:00Z"`
	LiveAt     *string       `json:"live_at" extensions:"x-nullable" format:"date-time" example:"2026-03-05T14:12:00Z"`
	RetiredAt  *string       `json:"retired_at" extensions:"x-nullable" format:"date-time" example:"2026-09-05T14:12:00Z"`
} //	@name	Model

// ModelTraining says what a model was fitted on and how well it describes that.
type ModelTraining struct {
	Rows        int               `json:"rows" example:"52340"`
	Censored    int               `json:"censored" example:"1210"`
	Debtors     int               `json:"debtors" example:"734"`
	From        string            `json:"from" format:"date" example:"2023-01-02"`
	Until       string            `json:"until" format:"date" example:"2025-06-30"`
	Fingerprint string            `json:"fingerprint" example:"2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"`
	CRPS        string            `json:"crps" example:"1.0731"`
	LogLossLate string            `json:"logloss_late" example:"0.1790"`
	Calibration []CalibrationStep `json:"calibration"`
} //	@name	ModelTraining

// CalibrationStep is the predicted and the observed share of one tenth.
type CalibrationStep struct {
	Predicted string `json:"predicted" example:"0.0521"`
	Observed  string `json:"observed" example:"0.0498"`
} //	@name	CalibrationStep

func modelOf(m domain.Model) Model {
	t := m.Trained
	out := Model{
		Name: m.Name, SHA256: hex.EncodeToString(m.SHA256), Status: string(m.Status), Note: textOrNull(m.Note), ProposedAt: moment(m.ProposedAt),
		ShadowAt: momentOrNull(m.ShadowAt), LiveAt: momentOrNull(m.LiveAt), RetiredAt: momentOrNull(m.RetiredAt),
		Trained: ModelTraining{
			Rows: t.Rows, Censored: t.Censored, Debtors: t.Debtors, From: t.From, Until: t.Until, Fingerprint: t.Fingerprint,
			CRPS: t.CRPS, LogLossLate: t.LogLossLate, Calibration: []CalibrationStep{},
		},
	}
	for _, step := range t.Calibration {
		out.Trained.Calibration = append(out.Trained.Calibration, CalibrationStep{Predicted: step[0], Observed: step[1]})
	}
	return out
}

// modelName reads the name in the path; one of another shape is not there.
func modelName(c *gin.Context) (string, error) {
	name := c.Param("name")
	if !domain.IsModelName(name) {
		return "", domain.ErrNotFound
	}
	return name, nil
}

// listModels lists the fitted models.
//
//	@Summary		List the fitted models
//	@Description	For the platform, the oldest first.
//	@Tags			models
//	@Produce		json
//	@Security		Bearer
//	@Success		200	{object}	listOf[Model]
//	@Failure		400	{object}	Problem
//	@Failure		401	{object}	Problem
//	@Failure		403	{object}	Problem
//	@Failure		503	{object}	Problem
//	@Router			/v1/models [get]
func (s *Server) listModels(c *gin.Context) error {
	if err := onlyQuery(c); err != nil {
		return err
	}
	models, err := s.market.Models(c.Request.Context(), caller(c))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, whole(models, modelOf))
}

// getModel answers one fitted model.
//
//	@Summary		Read a fitted model
//	@Description	What it is for, what it was fitted on and how well. For the platform.
//	@Tags			models
//	@Produce		json
//	@Security		Bearer
//	@Param			name	path		string	true	"name of the model"
//	@Success		200		{object}	Model
//	@Failure		400		{object}	Problem
//	@Failure		401		{object}	Problem
//	@Failure		403		{object}	Problem
//	@Failure		404		{object}	Problem
//	@Failure		503		{object}	Problem
//	@Router			/v1/models/{name} [get]
func (s *Server) getModel(c *gin.Context) error {
	name, err := modelName(c)
	if err != nil {
		return err
	}
	if err := onlyQuery(c); err != nil {
		return err
	}
	m, err := s.market.Model(c.Request.Context(), caller(c), name)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, modelOf(m))
}

// MoveModelRequest says what a model is for from now on.
type MoveModelRequest struct {
	To string `json:"to" enums:"shadow,live,retired" example:"shadow"`
} //	@name	MoveModelRequest

// moveModel says what a model is for from now on.
//
//	@Summary		Move a fitted model
//	@Description	A proposed model becomes the shadow, which scores beside the live one, then live, then retired. One that becomes live retires the one that was. What a model decided is replayed with it for ever. For the platform.
//	@Tags			models
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string				true	"names this request for ever"
//	@Param			name			path		string				true	"name of the model"
//	@Param			request			body		MoveModelRequest	true	"the next state"
//	@Success		200				{object}	Model
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Failure		503				{object}	Problem
//	@Router			/v1/models/{name}/moves [post]
func (s *Server) moveModel(c *gin.Context) error {
	name, err := modelName(c)
	if err != nil {
		return err
	}
	request, err := bodyOnly[MoveModelRequest](c)
	if err != nil {
		return err
	}
	to := domain.ModelStatus(request.To)
	if to == domain.ModelProposed || !slices.Contains(domain.ModelMoves.States(), to) {
		return domain.ErrInvalid.At("/to", "not-allowed", "shadow, live or retired")
	}
	once, err := once(c, answering(http.StatusOK, modelOf, nil))
	if err != nil {
		return err
	}
	answer, err := s.market.MoveModel(c.Request.Context(), caller(c), name, to, once)
	if err != nil {
		return err
	}
	send(c, answer)
	return nil
}
