package api

import (
	"encoding/hex"
	"net/http"

	"github.com/gin-gonic/gin"

	"comity/domain"
)

func (s *Server) lawRoutes() []route {
	return []route{
		{method: http.MethodGet, path: "/v1/laws", handle: s.listLaws},
		{method: http.MethodGet, path: "/v1/laws/:code", handle: s.getLaw},
		{method: http.MethodPost, path: "/v1/laws/:code/signatures", handle: s.signLaw},
	}
}

// Law is a row of law: what the law of one place says of assignments or of late payments, as far as Comity acts on it. While it is not signed it changes nothing.
type Law struct {
	Code string `json:"code" example:"gb-eng-assignment-override"`
	// Whether it lifts a contract's clause against assignment, adds a paragraph to the notice of one, or says what is added to a late payment.
	Kind string `json:"kind" enums:"assignment_override,notice_form,late_payment" example:"assignment_override"`
	// ISO 3166-1 alpha-2, or a part of it after ISO 3166-2; its parts are covered too.
	Jurisdiction string `json:"jurisdiction" example:"GB-ENG"`
	// The first day of a contract that it covers; null: of any day.
	ContractsFrom *string `json:"contracts_from" extensions:"x-nullable" format:"date" example:"2018-12-31"`
	// The legal types of debtors that it covers; none: all.
	Debtors []string `json:"debtors" enums:"company,partnership,sole_trader,public_body" example:"company,partnership"`
	// It covers sellers who were small or medium-sized on the day of the contract, and no others.
	SmallSellers bool `json:"small_sellers" example:"true"`
	// What it says, in plain words. Of a notice form, the paragraph that the notice carries.
	Text   string `json:"text" example:"A term in a contract that forbids a small supplier to assign what is owed to it has no effect."`
	Source string `json:"source" example:"SI 2018/1254"`
	// How sure we are of it before counsel signs: the law itself was read, somebody's account of it, or nothing yet.
	Evidence string `json:"evidence" enums:"primary,secondary,memory" example:"secondary"`
	// The whole row in words: what counsel reads and signs.
	TextToSign string `json:"text_to_sign" example:"gb-eng-assignment-override (assignment_override)"`
	// Of text_to_sign.
	SHA256 string `json:"sha256" example:"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"`
	// Today, in UTC: it counts while it is signed, and in no other state.
	State string `json:"state" enums:"unsigned,signed,text_changed,review_due" example:"signed"`
	// The last one, which alone counts; null: none.
	Signature *LawSignature `json:"signature" extensions:"x-nullable"`
} //	@name	Law

// LawSignature is counsel's word that a row says what the law is.
type LawSignature struct {
	// Of the text that was signed.
	SHA256    string `json:"sha256" example:"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"`
	Counsel   string `json:"counsel" example:"Hale & Partners LLP, M. Hale"`
	Reference string `json:"reference" example:"Opinion 2026-014"`
	SignedOn  string `json:"signed_on" format:"date" example:"2026-01-15"`
	// The last day on which it counts.
	ReviewBy   string `json:"review_by" format:"date" example:"2027-01-14"`
	RecordedAt string `json:"recorded_at" format:"date-time" example:"2026-01-16T09:30:00Z"`
} //	@name	LawSignature

// SignLawRequest is what counsel signed.
type SignLawRequest struct {
	// Of a sandbox; left out: the live world.
	World string `json:"world,omitempty" example:"world_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	// Of the row's text_to_sign as it is now, in hexadecimal.
	SHA256    string `json:"sha256" example:"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"`
	Counsel   string `json:"counsel" example:"Hale & Partners LLP, M. Hale" maxLength:"200"`
	Reference string `json:"reference" example:"Opinion 2026-014" maxLength:"200"`
	SignedOn  string `json:"signed_on" format:"date" example:"2026-01-15"`
	// The last day on which it counts; after signed_on.
	ReviewBy string `json:"review_by" format:"date" example:"2027-01-14"`
} //	@name	SignLawRequest

func (r SignLawRequest) read(law string) (domain.LawSignature, error) {
	var k checker
	out := domain.LawSignature{
		Law: law, Counsel: k.oneLine("/counsel", r.Counsel, true, 200), Reference: k.oneLine("/reference", r.Reference, true, 200),
		SignedOn: k.date("/signed_on", r.SignedOn), ReviewBy: k.date("/review_by", r.ReviewBy),
	}
	var err error
	if out.SHA256, err = hex.DecodeString(r.SHA256); err != nil || len(out.SHA256) != 32 {
		k.wrong("/sha256", "malformed", "64 hexadecimal digits")
	}
	if r.World != "" {
		if out.World, err = domain.ParseWorldID(r.World); err != nil {
			k.wrong("/world", "not-an-id", "write the id of a world")
		}
	}
	return out, k.err()
}

func lawOf(f domain.LawFile) Law {
	out := Law{
		Code: f.Code, Kind: string(f.Kind), Jurisdiction: f.Jurisdiction, ContractsFrom: dateOrNull(f.From), Debtors: []string{}, SmallSellers: f.SmallSellers,
		Text: f.Text, Source: f.Source, Evidence: string(f.Evidence), TextToSign: f.TextToSign(), SHA256: hex.EncodeToString(f.Digest()), State: string(f.State),
	}
	for _, t := range f.Debtors {
		out.Debtors = append(out.Debtors, string(t))
	}
	if s := f.Signature; !s.ID.IsZero() {
		out.Signature = &LawSignature{
			SHA256: hex.EncodeToString(s.SHA256), Counsel: s.Counsel, Reference: s.Reference,
			SignedOn: s.SignedOn.String(), ReviewBy: s.ReviewBy.String(), RecordedAt: moment(s.At),
		}
	}
	return out
}

func lawLocation(f domain.LawFile) string { return "/v1/laws/" + f.Code }

// worldQuery reads ?world=; the zero world when it is not there.
func worldQuery(c *gin.Context) (domain.WorldID, error) {
	if err := onlyQuery(c, "world"); err != nil {
		return domain.WorldID{}, err
	}
	text, given := c.GetQuery("world")
	if !given {
		return domain.WorldID{}, nil
	}
	world, err := domain.ParseWorldID(text)
	if err != nil {
		return world, domain.ErrUnreadable.At("world", "not-an-id", "write the id of a world")
	}
	return world, nil
}

// listLaws lists the rows of law.
//
//	@Summary		List the rows of law
//	@Description	What the law of a place says of assignments, as far as Comity acts on it, and whether counsel's signature for it is in force in your world today. The platform names a world; left out, it is the live one.
//	@Tags			laws
//	@Produce		json
//	@Security		Bearer
//	@Param			world	query	string	false	"for the platform: of a sandbox"
//	@Success		200	{object}	listOf[Law]
//	@Failure		400	{object}	Problem
//	@Failure		401	{object}	Problem
//	@Failure		403	{object}	Problem
//	@Failure		422	{object}	Problem
//	@Failure		503	{object}	Problem
//	@Router			/v1/laws [get]
func (s *Server) listLaws(c *gin.Context) error {
	world, err := worldQuery(c)
	if err != nil {
		return err
	}
	files, err := s.market.Laws(c.Request.Context(), caller(c), world)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, whole(files, lawOf))
}

// getLaw answers one row of law.
//
//	@Summary		Read a row of law
//	@Description	With `text_to_sign`, which is what counsel reads and signs.
//	@Tags			laws
//	@Produce		json
//	@Security		Bearer
//	@Param			code	path	string	true	"code of the row"
//	@Param			world	query	string	false	"for the platform: of a sandbox"
//	@Success		200	{object}	Law
//	@Failure		400	{object}	Problem
//	@Failure		401	{object}	Problem
//	@Failure		403	{object}	Problem
//	@Failure		404	{object}	Problem
//	@Failure		422	{object}	Problem
//	@Failure		503	{object}	Problem
//	@Router			/v1/laws/{code} [get]
func (s *Server) getLaw(c *gin.Context) error {
	world, err := worldQuery(c)
	if err != nil {
		return err
	}
	file, err := s.market.Law(c.Request.Context(), caller(c), c.Param("code"), world)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, lawOf(file))
}

// signLaw records counsel's signature under a row of law.
//
//	@Summary		Record counsel's signature
//	@Description	By a person of the platform, for one world. `sha256` is of exactly the text that was signed, the row's `text_to_sign`. No signature is changed or taken back: the last one of a row counts, so that one with an earlier `review_by` ends it sooner. A row counts until that day, and as long as nobody changes it.
//	@Tags			laws
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header	string	true	"makes a repetition harmless for 7 days"
//	@Param			code	path	string	true	"code of the row"
//	@Param			request	body	SignLawRequest	true	"what counsel signed"
//	@Success		201	{object}	Law
//	@Failure		400	{object}	Problem
//	@Failure		401	{object}	Problem
//	@Failure		403	{object}	Problem
//	@Failure		404	{object}	Problem
//	@Failure		409	{object}	Problem
//	@Failure		413	{object}	Problem
//	@Failure		415	{object}	Problem
//	@Failure		422	{object}	Problem
//	@Failure		503	{object}	Problem
//	@Router			/v1/laws/{code}/signatures [post]
func (s *Server) signLaw(c *gin.Context) error {
	request, err := bodyOnly[SignLawRequest](c)
	if err != nil {
		return err
	}
	signature, err := request.read(c.Param("code"))
	if err != nil {
		return err
	}
	guard, err := once(c, answering(http.StatusCreated, lawOf, lawLocation))
	if err != nil {
		return err
	}
	answer, err := s.market.SignLaw(c.Request.Context(), caller(c), signature, guard)
	if err != nil {
		return err
	}
	send(c, answer)
	return nil
}
