package api

import (
	"encoding/hex"
	"mime"
	"net/http"

	"github.com/gin-gonic/gin"

	"comity/collections"
	"comity/domain"
)

func (s *Server) evidenceRoutes() []route {
	return []route{
		{method: http.MethodGet, path: "/v1/disputes/:id/evidence", handle: s.listEvidence},
		{method: http.MethodPost, path: "/v1/disputes/:id/evidence", handle: s.attachEvidence},
		{method: http.MethodGet, path: "/v1/evidence/:id/file", handle: s.evidenceFile},
	}
}

// Evidence is a file that a party attached to a dispute. Its debtor, its seller and
// its factor see it, and nobody changes it.
type Evidence struct {
	ID         string  `json:"id" example:"evd_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	DisputeID  string  `json:"dispute_id" example:"dsp_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	By         string  `json:"by" enums:"debtor,seller,factor" example:"debtor"`
	UserID     *string `json:"user_id" extensions:"x-nullable" example:"user_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	FileName   string  `json:"file_name" example:"wet-boxes.jpg"`
	MediaType  string  `json:"media_type" enums:"application/pdf,image/png,image/jpeg,text/plain" example:"image/jpeg"`
	Size       int64   `json:"size" example:"482113"`
	SHA256     string  `json:"sha256" example:"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"`
	AttachedAt string  `json:"attached_at" format:"date-time" example:"2026-03-10T14:12:00Z"`
} //	@name	Evidence

func evidenceOf(e domain.Evidence) Evidence {
	return Evidence{
		ID: e.ID.String(), DisputeID: e.Dispute.String(), By: e.Side, UserID: idOrNull(e.By), FileName: e.FileName, MediaType: e.MediaType, Size: e.Size,
		SHA256: hex.EncodeToString(e.SHA256), AttachedAt: moment(e.At),
	}
}

// listEvidence lists the files of a dispute.
//
//	@Summary		List the evidence of a dispute
//	@Description	What its debtor, its seller and its factor attached, oldest first.
//	@Tags			cases
//	@Produce		json
//	@Security		Bearer
//	@Param			id	path		string	true	"id of the dispute"
//	@Success		200	{object}	listOf[Evidence]
//	@Failure		400	{object}	Problem
//	@Failure		401	{object}	Problem
//	@Failure		403	{object}	Problem
//	@Failure		404	{object}	Problem
//	@Router			/v1/disputes/{id}/evidence [get]
func (s *Server) listEvidence(c *gin.Context) error {
	id, err := pathOnly(c, domain.ParseDisputeID)
	if err != nil {
		return err
	}
	files, err := s.cases.Evidence(c.Request.Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, whole(files, evidenceOf))
}

// attachEvidence adds a file to a dispute.
//
//	@Summary		Attach evidence to a dispute
//	@Description	The body is the file: a PDF, a PNG or JPEG picture, or plain text in UTF-8; at most 10 MiB, and 10 files for a dispute. What is in it counts: a file that is not what Content-Type says is refused with 415, and a PDF that acts, carries other files or is locked with 422. Names are cleaned, and end as the content does. The same bytes again are the file that is there (200). For the seller and the factor; the debtor attaches on its page.
//	@Tags			cases
//	@Accept			application/pdf,image/png,image/jpeg,text/plain
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string		true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string		true	"id of the dispute"
//	@Param			file_name		query		string		false	"name of the file"
//	@Param			file			body		string		true	"the file"
//	@Success		200				{object}	Evidence	"the dispute had the same bytes before"
//	@Success		201				{object}	Evidence
//	@Header			201				{string}	Location	"the file"
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Router			/v1/disputes/{id}/evidence [post]
func (s *Server) attachEvidence(c *gin.Context) error {
	return s.attach(c, evidenceAttached)
}

// attach lays a party's file on the table of a dispute, once for a key; answer says what that party is shown of it.
func (s *Server) attach(c *gin.Context, answer func(collections.Attached) domain.Answer) error {
	id, err := pathID(c, domain.ParseDisputeID)
	if err != nil {
		return err
	}
	upload, err := uploadOf(c)
	if err != nil {
		return err
	}
	guard, err := once(c, answer)
	if err != nil {
		return err
	}
	answered, err := s.cases.Attach(c.Request.Context(), caller(c), id, upload, guard)
	if err != nil {
		return err
	}
	send(c, answered)
	return nil
}

// uploadOf reads the file and what is said of it; the key comes first, since a file
// is long.
func uploadOf(c *gin.Context) (collections.Upload, error) {
	if err := onlyQuery(c, "file_name"); err != nil {
		return collections.Upload{}, err
	}
	if err := mediaType(c, domain.EvidenceTypes()...); err != nil {
		return collections.Upload{}, err
	}
	if _, err := once[collections.Attached](c, nil); err != nil {
		return collections.Upload{}, err
	}
	declared, _, _ := mime.ParseMediaType(c.GetHeader("Content-Type")) // mediaType has read it
	data, err := readBody(c, domain.MaxEvidenceBytes)
	return collections.Upload{Name: c.Query("file_name"), Declared: declared, Bytes: data}, err
}

func evidenceAttached(a collections.Attached) domain.Answer {
	status := http.StatusCreated
	if a.Before {
		status = http.StatusOK
	}
	location := func(e domain.Evidence) string { return "/v1/evidence/" + e.ID.String() + "/file" }
	return answering(status, evidenceOf, location)(a.Evidence)
}

// evidenceFile answers with a file as it was handed in.
//
//	@Summary		Download evidence
//	@Description	The bytes as they were handed in, as a file that a browser saves and never runs.
//	@Tags			cases
//	@Produce		application/pdf
//	@Security		Bearer
//	@Param			id	path		string	true	"id of the file"
//	@Success		200	{file}		file	"the file; its media type is that of its content"
//	@Failure		400	{object}	Problem
//	@Failure		401	{object}	Problem
//	@Failure		403	{object}	Problem
//	@Failure		404	{object}	Problem
//	@Router			/v1/evidence/{id}/file [get]
func (s *Server) evidenceFile(c *gin.Context) error {
	id, err := pathOnly(c, domain.ParseEvidenceID)
	if err != nil {
		return err
	}
	doc, err := s.cases.EvidenceFile(c.Request.Context(), caller(c), id)
	if err != nil {
		return err
	}
	download(c, doc)
	return nil
}
