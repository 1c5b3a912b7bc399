package domain

import "time"

// An UpdateKind is what changed for a debtor.
type UpdateKind string

// What a debtor is told of, one letter each (F-76, D-10).
const (
	UpdateDisputeRaised   UpdateKind = "dispute_raised"
	UpdateDisputeAnswered UpdateKind = "dispute_answered"
	UpdateDisputeResolved UpdateKind = "dispute_resolved"
	UpdatePlanRequested   UpdateKind = "plan_requested"
	UpdatePlanOffered     UpdateKind = "plan_offered"
	UpdatePlanActive      UpdateKind = "plan_active"
	UpdatePlanDeclined    UpdateKind = "plan_declined"
	UpdateGivenBack       UpdateKind = "given_back"
	UpdateReleased        UpdateKind = "released" // the release, a legal notice

	UpdateMediationOffered   UpdateKind = "mediation_offered"
	UpdateMediationAppointed UpdateKind = "mediation_appointed"
	UpdateMediationDates     UpdateKind = "mediation_dates"
	UpdateMediationProposal  UpdateKind = "mediation_proposal"
	UpdateMediationEnded     UpdateKind = "mediation_ended" // without an agreement
)

// UpdateKinds lists what a debtor is told of.
func UpdateKinds() []UpdateKind {
	return []UpdateKind{
		UpdateDisputeRaised, UpdateDisputeAnswered, UpdateDisputeResolved, UpdatePlanRequested, UpdatePlanOffered,
		UpdatePlanActive, UpdatePlanDeclined, UpdateGivenBack, UpdateReleased,
		UpdateMediationOffered, UpdateMediationAppointed, UpdateMediationDates, UpdateMediationProposal, UpdateMediationEnded,
	}
}

// An Update is a change that a debtor is told of, once.
type Update struct {
	ID      UpdateID
	Case    CaseID
	Deal    DealID
	Kind    UpdateKind
	Subject [16]byte // the dispute, plan, recourse or mediation
	At      time.Time
}
