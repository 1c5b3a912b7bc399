package api

import (
	"net/http"
	"slices"
)

// routes returns every operation there is; the contract is held to this list.
func (s *Server) routes() []route {
	return slices.Concat(
		s.accessRoutes(),
		s.userRoutes(),
		s.accountRoutes(),
		s.relationshipRoutes(),
		s.importRoutes(),
		s.mandateRoutes(),
		s.invoiceRoutes(),
		s.decisionRoutes(),
		s.objectionRoutes(),
		s.modelRoutes(),
		s.driftRoutes(),
		s.offerRoutes(),
		s.riskRoutes(),
		s.dealRoutes(),
		s.payoutRoutes(),
		s.statementRoutes(),
		s.receiptRoutes(),
		s.reportRoutes(),
		s.eventRoutes(),
		s.caseRoutes(),
		s.disputeRoutes(),
		s.mediationRoutes(),
		s.planRoutes(),
		s.recourseRoutes(),
		s.lateRoutes(),
		s.agencyRoutes(),
		s.lawRoutes(),
		s.escalationRoutes(),
		s.consultRoutes(),
		s.protectiveRoutes(),
		s.disclosingRoutes(),
		s.callRoutes(),
		s.playbookRoutes(),
		s.replyRoutes(), s.cardRoutes(),
		s.seatRoutes(),
		s.appreciationRoutes(),
		s.evidenceRoutes(),
		s.debtorRoutes(),
		s.sandboxRoutes(),
	)
}

// accessRoutes are the way in and the probes.
func (s *Server) accessRoutes() []route {
	return []route{
		{method: http.MethodGet, path: "/healthz", handle: s.health, open: true},
		{method: http.MethodGet, path: "/readyz", handle: s.readiness, open: true},
		{method: http.MethodPost, path: "/v1/auth/sign-up", handle: s.signUp, open: true},
		{method: http.MethodPost, path: "/v1/auth/token", handle: s.signIn, open: true},
		{method: http.MethodGet, path: "/v1/me", handle: s.me},
	}
}
