package api

import (
	"cmp"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"comity/domain"
	"comity/marketplace"
)

func (s *Server) relationshipRoutes() []route {
	return []route{
		{method: http.MethodPost, path: "/v1/relationships", handle: s.createRelationship},
		{method: http.MethodGet, path: "/v1/relationships", handle: s.listRelationships},
		{method: http.MethodGet, path: "/v1/relationships/:id", handle: s.getRelationship},
		{method: http.MethodPatch, path: "/v1/relationships/:id", handle: s.changeRelationship},
		{method: http.MethodGet, path: "/v1/relationships/:id/history", handle: s.listHistory},
		{method: http.MethodGet, path: "/v1/relationships/:id/history/:invoice_id", handle: s.getHistoryRow},
		{method: http.MethodPatch, path: "/v1/relationships/:id/history/:invoice_id", handle: s.correctHistory},
		{method: http.MethodGet, path: "/v1/relationships/:id/profile", handle: s.getProfile},
		{method: http.MethodPost, path: "/v1/relationships/:id/dilution", handle: s.recordDilution},
		{method: http.MethodGet, path: "/v1/relationships/:id/dilution", handle: s.listDilution},
	}
}

// CreateRelationshipRequest is a debtor as the seller knows it.
type CreateRelationshipRequest struct {
	Code        string `json:"code" example:"D-1042"`
	Name        string `json:"name" example:"Northwind Retail Inc."`
	LegalType   string `json:"legal_type,omitempty" enums:"company,partnership,sole_trader,public_body" example:"company"`
	Country     string `json:"country,omitempty" example:"US"`
	TaxID       string `json:"tax_id,omitempty" example:"US-471112223"`
	ContactName string `json:"contact_name,omitempty" example:"Accounts payable"`
	Email       string `json:"email,omitempty" example:"ap@northwind.example"`
	TimeZone    string `json:"time_zone,omitempty" example:"America/New_York"`
	TermsDays   *int   `json:"terms_days,omitempty" example:"30" minimum:"0" maximum:"365" default:"30"`
	HeadsUp     *bool  `json:"heads_up,omitempty" example:"true" default:"true"`
	// What the debtor does and how large it is, in words that you use alike for all of them: a fitted model reads them.
	Industry string `json:"industry,omitempty" example:"hotels" maxLength:"60"`
	Size     string `json:"size,omitempty" example:"50-249" maxLength:"60"`
	// Which of the messages that we start you want to see before: for 24 hours they wait for your word, then they may leave without it.
	Approval string `json:"approval,omitempty" enums:"none,first_touch,every_touch" example:"first_touch" default:"none"`
	// You get a copy of every message that leaves.
	Copied bool `json:"copied,omitempty" example:"false" default:"false"`
	// ISO 3166-2, of the debtor's country.
	Region string `json:"region,omitempty" example:"US-CA"`
	// E.164, for a person to call.
	Phone string `json:"phone,omitempty" example:"+14155550123"`
	// Where post goes, without the name: at most 4 lines of 60 characters.
	Address string `json:"address,omitempty" example:"12 Long Quay\nPortland, ME 04101"`
	// What your contract with it says of assigning what it owes. An invoice whose contract forbids that is not offered, unless the debtor consented or a law overrides the clause.
	Assignment *AssignmentRequest `json:"assignment,omitempty"`
	// Whether this debtor is told when you sell an invoice of its. Confidentially it hears from your accounts alone, pays to an account in your name that you hold for the factor, and fewer factors buy.
	Disclosure string `json:"disclosure,omitempty" enums:"notified,confidential" example:"notified" default:"notified"`
} //	@name	CreateRelationshipRequest

// Relationship is a debtor as one seller knows it.
type Relationship struct {
	ID          string  `json:"id" example:"rel_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
	Version     int     `json:"version" example:"1"`
	Code        string  `json:"code" example:"D-1042"`
	Name        string  `json:"name" example:"Northwind Retail Inc."`
	LegalType   *string `json:"legal_type" extensions:"x-nullable" enums:"company,partnership,sole_trader,public_body" example:"company"`
	Country     *string `json:"country" extensions:"x-nullable" example:"US"`
	TaxID       *string `json:"tax_id" extensions:"x-nullable" example:"US-471112223"`
	ContactName *string `json:"contact_name" extensions:"x-nullable" example:"Accounts payable"`
	Email       *string `json:"email" extensions:"x-nullable" example:"ap@northwind.example"`
	TimeZone    *string `json:"time_zone" extensions:"x-nullable" example:"America/New_York"`
	TermsDays   int     `json:"terms_days" example:"30"`
	HeadsUp     bool    `json:"heads_up" example:"true"`
	Industry    *string `json:"industry" extensions:"x-nullable" example:"hotels"`
	Size        *string `json:"size" extensions:"x-nullable" example:"50-249"`
	Approval    string  `json:"approval" enums:"none,first_touch,every_touch" example:"first_touch"`
	Copied      bool    `json:"copied" example:"false"`
	Region      *string `json:"region" extensions:"x-nullable" example:"US-CA"`
	Phone       *string `json:"phone" extensions:"x-nullable" example:"+14155550123"`
	Address     *string `json:"address" extensions:"x-nullable" example:"12 Long Quay\nPortland, ME 04101"`
	Disclosure  string  `json:"disclosure" enums:"notified,confidential" example:"notified"`
	// What the contract with it says of assigning what it owes; null: you have not said.
	Assignment *Assignment `json:"assignment" extensions:"x-nullable"`
	Identified bool        `json:"identified" example:"true"`
	CreatedAt  string      `json:"created_at" format:"date-time" example:"2026-02-05T14:12:00Z"`
} //	@name	Relationship

func relationshipOf(r domain.Relationship) Relationship {
	return Relationship{
		ID: r.ID.String(), Version: r.Version, Code: r.Code, Name: r.Name, LegalType: textOrNull(string(r.LegalType)),
		Country: textOrNull(r.Country), TaxID: textOrNull(r.TaxID), ContactName: textOrNull(r.ContactName), Email: textOrNull(r.Email),
		TimeZone: textOrNull(r.TimeZone), TermsDays: r.TermsDays, HeadsUp: r.HeadsUp, Identified: r.Identified(), CreatedAt: moment(r.CreatedAt),
		Industry: textOrNull(r.Industry), Size: textOrNull(r.Size),
		Approval: string(cmp.Or(r.Approval, domain.ApproveNone)), Copied: r.Copied, Region: textOrNull(r.Region), Phone: textOrNull(r.Phone), Address: textOrNull(r.Address),
		Assignment: assignmentOf(r.Assignment),
		Disclosure: string(r.Mode()),
	}
}

func relationshipLocation(r domain.Relationship) string { return "/v1/relationships/" + r.ID.String() }

// createRelationship adds a debtor of the seller's.
//
//	@Summary		Add a debtor
//	@Description	Its invoices can be financed as soon as it is `identified`: legal type, country and e-mail address are known. The time zone is the country's unless it is given.
//	@Tags			relationships
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string						true	"names this request for ever"
//	@Param			request			body		CreateRelationshipRequest	true	"the debtor"
//	@Success		201				{object}	Relationship
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Failure		503				{object}	Problem
//	@Router			/v1/relationships [post]
func (s *Server) createRelationship(c *gin.Context) error {
	request, err := bodyOnly[CreateRelationshipRequest](c)
	if err != nil {
		return err
	}
	r, err := request.relationship()
	if err != nil {
		return err
	}
	once, err := once(c, answering(http.StatusCreated, relationshipOf, relationshipLocation))
	if err != nil {
		return err
	}
	answer, err := s.market.CreateRelationship(c.Request.Context(), caller(c), r, once)
	if err != nil {
		return err
	}
	send(c, answer)
	return nil
}

const defaultTermsDays, maxTermsDays, maxRegister = 30, 365, 60

func (r CreateRelationshipRequest) relationship() (domain.Relationship, error) {
	var k checker
	out := domain.Relationship{
		Code: k.oneLine("/code", r.Code, true, 200), Name: k.oneLine("/name", r.Name, true, 200),
		LegalType: k.legalType("/legal_type", r.LegalType), Country: k.countryOrNone("/country", r.Country),
		TaxID: k.oneLine("/tax_id", r.TaxID, false, 50), ContactName: k.oneLine("/contact_name", r.ContactName, false, 200),
		Email: k.email("/email", r.Email, false), TimeZone: k.timeZoneOrNone("/time_zone", r.TimeZone),
		TermsDays: defaultTermsDays, HeadsUp: true,
		Industry: k.oneLine("/industry", r.Industry, false, maxRegister), Size: k.oneLine("/size", r.Size, false, maxRegister),
		Approval: k.approval("/approval", cmp.Or(r.Approval, string(domain.ApproveNone))), Copied: r.Copied,
		Region: k.shaped("/region", r.Region, isRegion, wantedRegion),
		Phone:  k.shaped("/phone", r.Phone, isPhone, wantedPhone), Address: k.address("/address", r.Address),
		Assignment: k.assignment(r.Assignment),
		Disclosure: k.disclosure("/disclosure", r.Disclosure),
	}
	if r.TermsDays != nil {
		out.TermsDays = k.whole("/terms_days", *r.TermsDays, 0, maxTermsDays)
	}
	if r.HeadsUp != nil {
		out.HeadsUp = *r.HeadsUp
	}
	return out, k.err()
}

// legalType checks a legal type; an empty one is not known yet.
func (k *checker) legalType(pointer, value string) domain.LegalType {
	if t := domain.LegalType(value); value != "" && !t.Valid() {
		k.wrong(pointer, "not-allowed", "company, partnership, sole_trader or public_body")
	}
	return domain.LegalType(value)
}

// approval checks which messages wait for the seller.
func (k *checker) approval(pointer, value string) domain.ApprovalMode {
	mode := domain.ApprovalMode(value)
	if !slices.Contains([]domain.ApprovalMode{domain.ApproveNone, domain.ApproveFirst, domain.ApproveEvery}, mode) {
		k.wrong(pointer, "not-allowed", "none, first_touch or every_touch")
	}
	return mode
}

// disclosure checks whether a debtor is told; nothing said means that it is.
func (k *checker) disclosure(pointer, value string) domain.Disclosure {
	mode := domain.Disclosure(cmp.Or(value, string(domain.Notified)))
	if !slices.Contains(domain.Disclosures(), mode) {
		k.wrong(pointer, "not-allowed", "notified or confidential")
	}
	return mode
}

const maxAddressLines, maxAddressLine = 4, 60

// address checks where post goes: the lines that the window of an envelope has room
// for beside two names.
func (k *checker) address(pointer, value string) string {
	value = k.text(pointer, value, false, maxAddressLines*(maxAddressLine+1))
	lines := strings.Split(value, "\n")
	for _, line := range lines {
		if strings.TrimSpace(line) == "" && value != "" || len([]rune(line)) > maxAddressLine || strings.Contains(line, "\t") {
			k.wrong(pointer, "malformed", "at most %d lines of %d characters, none of them empty", maxAddressLines, maxAddressLine)
			return value
		}
	}
	if len(lines) > maxAddressLines {
		k.wrong(pointer, "malformed", "at most %d lines of %d characters, none of them empty", maxAddressLines, maxAddressLine)
	}
	return value
}

var (
	isRegion = regexp.MustCompile(`^[A-Z]{2}-[A-Z0-9]{1,3}$`)
	isPhone  = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
)

const (
	wantedRegion = "write an ISO 3166-2 code such as US-CA"
	wantedPhone  = "write the number as E.164 does: + and at most 15 digits, such as +14155550123"
)

// shaped checks a text of a fixed form; an empty one is not known.
func (k *checker) shaped(pointer, value string, form *regexp.Regexp, wanted string) string {
	if value != "" && !form.MatchString(value) {
		k.wrong(pointer, "malformed", "%s", wanted)
	}
	return value
}

func (k *checker) countryOrNone(pointer, value string) string {
	if value == "" {
		return ""
	}
	return k.country(pointer, value)
}

func (k *checker) timeZoneOrNone(pointer, value string) string {
	if value == "" {
		return ""
	}
	return k.timeZone(pointer, value, "")
}

// listRelationships lists the seller's debtors.
//
//	@Summary	List debtors
//	@Tags		relationships
//	@Produce	json
//	@Security	Bearer
//	@Param		code		query		string	false	"the seller's own code"
//	@Param		identified	query		bool	false	"whether its invoices can be financed"
//	@Param		limit		query		int		false	"rows of a page"			minimum(1)	maximum(200)	default(50)
//	@Param		cursor		query		string	false	"next_cursor of the page before"
//	@Success	200			{object}	listOf[Relationship]
//	@Failure	400			{object}	Problem
//	@Failure	401			{object}	Problem
//	@Failure	403			{object}	Problem
//	@Failure	503			{object}	Problem
//	@Router		/v1/relationships [get]
func (s *Server) listRelationships(c *gin.Context) error {
	if err := onlyQuery(c, "code", "identified", "limit", "cursor"); err != nil {
		return err
	}
	p, err := page(c, domain.ParseRelationshipID)
	if err != nil {
		return err
	}
	identified, err := flag(c, "identified")
	if err != nil {
		return err
	}
	rows, err := s.market.Relationships(c.Request.Context(), caller(c), c.Query("code"), identified, p)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, listing(rows, p, relationshipOf, func(r domain.Relationship) string { return r.ID.String() }))
}

// flag reads a query parameter that is true, false or not there.
func flag(c *gin.Context, name string) (*bool, error) {
	text, given := c.GetQuery(name)
	if !given {
		return nil, nil //nolint:nilnil // not there is an answer
	}
	if text != "true" && text != "false" {
		return nil, domain.ErrUnreadable.At(name, "not-a-flag", "true or false")
	}
	is := text == "true"
	return &is, nil
}

// getRelationship answers one of the seller's debtors.
//
//	@Summary		Read a debtor
//	@Description	The ETag names the version that a change must name in If-Match.
//	@Tags			relationships
//	@Produce		json
//	@Security		Bearer
//	@Param			id	path		string	true	"relationship"
//	@Success		200	{object}	Relationship
//	@Header			200	{string}	ETag	"id and version"
//	@Failure		400	{object}	Problem
//	@Failure		401	{object}	Problem
//	@Failure		403	{object}	Problem
//	@Failure		404	{object}	Problem
//	@Failure		503	{object}	Problem
//	@Router			/v1/relationships/{id} [get]
func (s *Server) getRelationship(c *gin.Context) error {
	id, err := pathOnly(c, domain.ParseRelationshipID)
	if err != nil {
		return err
	}
	r, err := s.market.Relationship(c.Request.Context(), caller(c), id)
	if err != nil {
		return err
	}
	etag(c, r.ID.String(), strconv.Itoa(r.Version))
	return respond(c, http.StatusOK, relationshipOf(r))
}

// matchedVersion reads the version of a thing that If-Match names.
func matchedVersion(c *gin.Context, id string) (int, error) {
	tag := strings.TrimSpace(c.GetHeader("If-Match"))
	if tag == "" {
		return 0, domain.ErrVersionMissing
	}
	text, _ := strings.CutPrefix(tag, `"`+id+".")
	version, err := strconv.Atoi(strings.TrimSuffix(text, `"`))
	if err != nil || tag != `"`+id+"."+strconv.Itoa(version)+`"` {
		return 0, domain.ErrVersionStale
	}
	return version, nil
}

// A merged member of a JSON merge patch (RFC 7396): given or not, and null
// removes what was there.
type merged[T any] struct {
	given bool
	value *T
}

// UnmarshalJSONFrom implements json.UnmarshalerFrom.
func (m *merged[T]) UnmarshalJSONFrom(in *jsontext.Decoder) error {
	m.given = true
	return json.UnmarshalDecode(in, &m.value)
}

// or returns what the part becomes: nil when it stays as it is.
func (m merged[T]) or(removed T) *T {
	if m.given && m.value == nil {
		return &removed
	}
	return m.value
}

// ChangeRelationshipRequest is what becomes different; null removes.
type ChangeRelationshipRequest struct {
	Code        merged[string] `json:"code,omitempty" swaggertype:"string" example:"D-1042"`
	Name        merged[string] `json:"name,omitempty" swaggertype:"string" example:"Northwind Retail Inc."`
	LegalType   merged[string] `json:"legal_type,omitempty" swaggertype:"string" extensions:"x-nullable" enums:"company,partnership,sole_trader,public_body" example:"company"`
	Country     merged[string] `json:"country,omitempty" swaggertype:"string" extensions:"x-nullable" example:"US"`
	TaxID       merged[string] `json:"tax_id,omitempty" swaggertype:"string" extensions:"x-nullable" example:"US-471112223"`
	ContactName merged[string] `json:"contact_name,omitempty" swaggertype:"string" extensions:"x-nullable" example:"Accounts payable"`
	Email       merged[string] `json:"email,omitempty" swaggertype:"string" extensions:"x-nullable" example:"ap@northwind.example"`
	TimeZone    merged[string] `json:"time_zone,omitempty" swaggertype:"string" extensions:"x-nullable" example:"America/New_York"`
	TermsDays   merged[int]    `json:"terms_days,omitempty" swaggertype:"integer" extensions:"x-nullable" example:"30" minimum:"0" maximum:"365"`
	HeadsUp     merged[bool]   `json:"heads_up,omitempty" swaggertype:"boolean" extensions:"x-nullable" example:"true"`
	Industry    merged[string] `json:"industry,omitempty" swaggertype:"string" extensions:"x-nullable" example:"hotels"`
	Size        merged[string] `json:"size,omitempty" swaggertype:"string" extensions:"x-nullable" example:"50-249"`
	Approval    merged[string] `json:"approval,omitempty" swaggertype:"string" extensions:"x-nullable" enums:"none,first_touch,every_touch" example:"every_touch"`
	Copied      merged[bool]   `json:"copied,omitempty" swaggertype:"boolean" extensions:"x-nullable" example:"true"`
	Region      merged[string] `json:"region,omitempty" swaggertype:"string" extensions:"x-nullable" example:"US-CA"`
	Phone       merged[string] `json:"phone,omitempty" swaggertype:"string" extensions:"x-nullable" example:"+14155550123"`
	Disclosure  merged[string] `json:"disclosure,omitempty" swaggertype:"string" extensions:"x-nullable" enums:"notified,confidential" example:"confidential"`
	Address     merged[string] `json:"address,omitempty" swaggertype:"string" extensions:"x-nullable" example:"12 Long Quay\nPortland, ME 04101"`
	// What is known of the contract; null: you do not say.
	Assignment ChangeAssignmentRequest `json:"assignment,omitempty" extensions:"x-nullable"`
} //	@name	ChangeRelationshipRequest

// changeRelationship changes one of the seller's debtors.
//
//	@Summary		Change a debtor
//	@Description	A JSON merge patch (RFC 7396). While an invoice of the debtor is sold, its name, legal type, country and tax number stay.
//	@Tags			relationships
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			id			path		string						true	"relationship"
//	@Param			If-Match	header		string						true	"the ETag of the version that is changed"
//	@Param			request		body		ChangeRelationshipRequest	true	"what becomes different"
//	@Success		200			{object}	Relationship
//	@Header			200			{string}	ETag	"id and version"
//	@Failure		400			{object}	Problem
//	@Failure		401			{object}	Problem
//	@Failure		403			{object}	Problem
//	@Failure		404			{object}	Problem
//	@Failure		409			{object}	Problem
//	@Failure		412			{object}	Problem
//	@Failure		413			{object}	Problem
//	@Failure		415			{object}	Problem
//	@Failure		422			{object}	Problem
//	@Failure		428			{object}	Problem
//	@Failure		503			{object}	Problem
//	@Router			/v1/relationships/{id} [patch]
func (s *Server) changeRelationship(c *gin.Context) error {
	id, err := pathID(c, domain.ParseRelationshipID)
	if err != nil {
		return err
	}
	version, err := matchedVersion(c, id.String())
	if err != nil {
		return err
	}
	request, err := bodyOnly[ChangeRelationshipRequest](c)
	if err != nil {
		return err
	}
	change, err := request.change()
	if err != nil {
		return err
	}
	r, err := s.market.ChangeRelationship(c.Request.Context(), caller(c), id, version, change)
	if err != nil {
		return err
	}
	etag(c, r.ID.String(), strconv.Itoa(r.Version))
	return respond(c, http.StatusOK, relationshipOf(r))
}

func (r ChangeRelationshipRequest) change() (marketplace.RelationshipChange, error) {
	var k checker
	change := marketplace.RelationshipChange{
		Code:        checked(r.Code.or(""), func(s string) string { return k.oneLine("/code", s, true, 200) }),
		Name:        checked(r.Name.or(""), func(s string) string { return k.oneLine("/name", s, true, 200) }),
		LegalType:   checked(r.LegalType.or(""), func(s string) domain.LegalType { return k.legalType("/legal_type", s) }),
		Country:     checked(r.Country.or(""), func(s string) string { return k.countryOrNone("/country", s) }),
		TaxID:       checked(r.TaxID.or(""), func(s string) string { return k.oneLine("/tax_id", s, false, 50) }),
		ContactName: checked(r.ContactName.or(""), func(s string) string { return k.oneLine("/contact_name", s, false, 200) }),
		Email:       checked(r.Email.or(""), func(s string) string { return k.email("/email", s, false) }),
		TimeZone:    checked(r.TimeZone.or(""), func(s string) string { return k.timeZoneOrNone("/time_zone", s) }),
		TermsDays:   checked(r.TermsDays.or(defaultTermsDays), func(n int) int { return k.whole("/terms_days", n, 0, maxTermsDays) }),
		HeadsUp:     r.HeadsUp.or(true),
		Industry:    checked(r.Industry.or(""), func(s string) string { return k.oneLine("/industry", s, false, maxRegister) }),
		Size:        checked(r.Size.or(""), func(s string) string { return k.oneLine("/size", s, false, maxRegister) }),
		Approval:    checked(r.Approval.or(string(domain.ApproveNone)), func(s string) domain.ApprovalMode { return k.approval("/approval", s) }),
		Disclosure:  checked(r.Disclosure.or(string(domain.Notified)), func(s string) domain.Disclosure { return k.disclosure("/disclosure", s) }),
		Copied:      r.Copied.or(false),
		Region:      checked(r.Region.or(""), func(s string) string { return k.shaped("/region", s, isRegion, wantedRegion) }),
		Phone:       checked(r.Phone.or(""), func(s string) string { return k.shaped("/phone", s, isPhone, wantedPhone) }),
		Address:     checked(r.Address.or(""), func(s string) string { return k.address("/address", s) }),
		Assignment:  r.Assignment.change(&k),
	}
	return change, k.err()
}

// checked checks a value that is there.
func checked[T, R any](value *T, check func(T) R) *R {
	if value == nil {
		return nil
	}
	result := check(*value)
	return &result
}
