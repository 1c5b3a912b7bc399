package api

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"comity/collections"
	"comity/domain"
)

const maxCourteous = 2000 // characters

// courteous checks what others than the debtor write where the debtor reads it.
func (k *checker) courteous(pointer, value string) string {
	text := k.text(pointer, value, true, maxCourteous)
	if k.err() != nil {
		return text
	}
	fit, err := collections.Courteous(pointer, text)
	if refusal, told := errors.AsType[*domain.Refusal](err); told {
		for _, f := range refusal.Fields {
			k.wrong(pointer, f.Code, "%s", f.Detail)
		}
	}
	return fit
}

// word reads what a party says to something that is put to it.
func (k *checker) word(value string) bool {
	if value != string(domain.WordAccepted) && value != string(domain.WordDeclined) {
		k.wrong("/word", "not-allowed", "accepted or declined")
	}
	return value == string(domain.WordAccepted)
}

// askMediation ask for mediation.
//
//	@Summary		Ask for mediation
//	@Description	By the seller or the factor, once the dispute was answered or the seller's days for it are over; the debtor asks by its link. Who asks has accepted; the factor is bound by its policy. It may be asked for once more after an offer that came to nothing.
//	@Tags			mediations
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string	true	"id of the dispute"
//	@Success		201				{object}	Mediation
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Router			/v1/disputes/{id}/mediations [post]
func (s *Server) askMediation(c *gin.Context) error {
	return doOn(c, domain.ParseDisputeID, answering(http.StatusCreated, mediationOf, nil), s.market.AskMediation)
}

// MediationAnswerRequest is the word on an offer of mediation.
type MediationAnswerRequest struct {
	Word string `json:"word" enums:"accepted,declined" example:"accepted"`
} //	@name	MediationAnswerRequest

func (r MediationAnswerRequest) read() (bool, error) {
	var k checker
	return k.word(r.Word), k.err()
}

// answerMediation answer an offer of mediation.
//
//	@Summary		Answer an offer of mediation
//	@Description	By the seller; the debtor answers by its link, and the factor has accepted by its policy. With both accepted the dispute is in mediation; one no declines it, and nothing follows.
//	@Tags			mediations
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string	true	"id of the mediation"
//	@Param			request			body		MediationAnswerRequest	true	"what is done"
//	@Success		200				{object}	Mediation
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Router			/v1/mediations/{id}/answer [post]
func (s *Server) answerMediation(c *gin.Context) error {
	return doWith[MediationAnswerRequest](c, domain.ParseMediationID, answering(http.StatusOK, mediationOf, nil), s.market.AnswerMediation)
}

// AppointMediatorRequest names the neutral.
type AppointMediatorRequest struct {
	OrganizationID string `json:"organization_id" example:"org_0190a5c2e7b97c1e8f0a3b5d7f9e1a2b"`
} //	@name	AppointMediatorRequest

func (r AppointMediatorRequest) read() (domain.OrganizationID, error) {
	var k checker
	id, err := domain.ParseOrganizationID(r.OrganizationID)
	if err != nil {
		k.wrong("/organization_id", "not-an-id", "write the id of an organisation")
	}
	return id, k.err()
}

// appointMediator appoint the neutral.
//
//	@Summary		Appoint the neutral
//	@Description	By the platform, once debtor and seller agreed: an organisation of the register whose entry is valid, of the same world, none of whose people has an address of a party, and to which nobody objected in this dispute.
//	@Tags			mediations
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string	true	"id of the mediation"
//	@Param			request			body		AppointMediatorRequest	true	"what is done"
//	@Success		200				{object}	Mediation
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Router			/v1/mediations/{id}/appoint [post]
func (s *Server) appointMediator(c *gin.Context) error {
	return doWith[AppointMediatorRequest](c, domain.ParseMediationID, answering(http.StatusOK, mediationOf, nil), s.market.AppointMediator)
}

// MediationReasonRequest is why.
type MediationReasonRequest struct {
	Reason string `json:"reason" example:"It works for our supplier's group." maxLength:"2000"`
} //	@name	MediationReasonRequest

func (r MediationReasonRequest) read() (string, error) {
	var k checker
	return k.courteous("/reason", r.Reason), k.err()
}

// objectMediator object to the neutral.
//
//	@Summary		Object to the neutral
//	@Description	By the seller or the factor, once each and before the first proposal; the debtor objects by its link. Another one is to be appointed.
//	@Tags			mediations
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string	true	"id of the mediation"
//	@Param			request			body		MediationReasonRequest	true	"what is done"
//	@Success		200				{object}	Mediation
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Router			/v1/mediations/{id}/object [post]
func (s *Server) objectMediator(c *gin.Context) error {
	return doWith[MediationReasonRequest](c, domain.ParseMediationID, answering(http.StatusOK, mediationOf, nil), s.market.ObjectMediator)
}

// TimetableRequest is what happens when.
type TimetableRequest struct {
	PapersBy   string `json:"papers_by" format:"date" example:"2026-05-20"`
	TalkOn     string `json:"talk_on" format:"date" example:"2026-05-28"`
	ProposalBy string `json:"proposal_by" format:"date" example:"2026-06-05"`
} //	@name	TimetableRequest

func (r TimetableRequest) read() (domain.Timetable, error) {
	var k checker
	return domain.Timetable{PapersBy: k.date("/papers_by", r.PapersBy), TalkOn: k.date("/talk_on", r.TalkOn), ProposalBy: k.date("/proposal_by", r.ProposalBy)}, k.err()
}

// proposeDates propose the dates of a mediation.
//
//	@Summary		Propose the dates of a mediation
//	@Description	By the neutral: after today, in order, and within 60 days. They stand once debtor, seller and factor agreed.
//	@Tags			mediations
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string	true	"id of the mediation"
//	@Param			request			body		TimetableRequest	true	"what is done"
//	@Success		200				{object}	Mediation
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Router			/v1/mediations/{id}/timetable [post]
func (s *Server) proposeDates(c *gin.Context) error {
	return doWith[TimetableRequest](c, domain.ParseMediationID, answering(http.StatusOK, mediationOf, nil), s.market.ProposeDates)
}

// AgreeDatesRequest names the dates that are agreed to.
type AgreeDatesRequest struct {
	// Of the timetable; another one may have been proposed since.
	Timetable int `json:"timetable" minimum:"1" example:"1"`
} //	@name	AgreeDatesRequest

func (r AgreeDatesRequest) read() (int, error) {
	var k checker
	return k.whole("/timetable", r.Timetable, 1, 100), k.err()
}

// agreeDates agree to the dates of a mediation.
//
//	@Summary		Agree to the dates of a mediation
//	@Description	By the seller or the factor; the debtor agrees by its link.
//	@Tags			mediations
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string	true	"id of the mediation"
//	@Param			request			body		AgreeDatesRequest	true	"what is done"
//	@Success		200				{object}	Mediation
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Router			/v1/mediations/{id}/agree [post]
func (s *Server) agreeDates(c *gin.Context) error {
	return doWith[AgreeDatesRequest](c, domain.ParseMediationID, answering(http.StatusOK, mediationOf, nil), s.market.AgreeDates)
}

// MediationNoteRequest is what the neutral says.
type MediationNoteRequest struct {
	Said string `json:"said" example:"Please tell me when the boxes were opened." maxLength:"2000"`
} //	@name	MediationNoteRequest

func (r MediationNoteRequest) read() (string, error) {
	var k checker
	return k.courteous("/said", r.Said), k.err()
}

// noteMediation say something as the neutral.
//
//	@Summary		Say something as the neutral
//	@Description	It stands in the thread of the dispute; debtor, seller and factor read it.
//	@Tags			mediations
//	@Accept			json
//	@Produce		json
//	@Security		Bearer
//	@Param			Idempotency-Key	header		string	true	"makes a repetition harmless for 7 days"
//	@Param			id				path		string	true	"id of the mediation"
//	@Param			request			body		MediationNoteRequest	true	"what is done"
//	@Success		201				{object}	Note
//	@Failure		400				{object}	Problem
//	@Failure		401				{object}	Problem
//	@Failure		403				{object}	Problem
//	@Failure		404				{object}	Problem
//	@Failure		409				{object}	Problem
//	@Failure		413				{object}	Problem
//	@Failure		415				{object}	Problem
//	@Failure		422				{object}	Problem
//	@Router			/v1/mediations/{id}/notes [post]
func (s *Server) noteMediation(c *gin.Context) error {
	return doWith[MediationNoteRequest](c, domain.ParseMediationID, answering(http.StatusCreated, noteOf, nil), s.market.NoteMediation)
}
