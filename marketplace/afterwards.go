package marketplace

import (
	"context"
	"fmt"

	"comity/domain"
)

// ReportRecourse takes in what a seller says became of a part that is its own again: what it credited,
// or what was paid to it. It is in no book of the factor. It refuses with domain.ErrForbidden,
// ErrNotFound, ErrInvalid, ErrMoreThanOpen, or ErrWrongState while title is held.
func (s *Service) ReportRecourse(ctx context.Context, by domain.Caller, id domain.RecourseID, said domain.RecourseReport, once domain.Once[domain.RecourseReport]) (domain.Answer, error) {
	if err := by.Must(domain.KindSeller); err != nil {
		return domain.Answer{}, err
	}
	said.ID, said.Recourse, said.By, said.At = domain.New[domain.RecourseReportID](), id, by.User, by.Now
	audit, event := domain.New[domain.AuditID](), domain.New[domain.EventID]()
	return s.atomically(ctx, once.Entry(by, domain.ScopeMarket), func(tx Tx) (domain.Answer, error) {
		r, file, err := recourseFile(ctx, tx, by, id)
		if err != nil {
			return domain.Answer{}, err
		}
		if err := r.Report(said, today(by.Now, file.Factor.Zone())); err != nil {
			return domain.Answer{}, err
		}
		if err := tx.SaveReport(ctx, r, said); err != nil {
			return domain.Answer{}, err
		}
		words := map[string]string{
			domain.ReportCredited: "You credited %s of what is yours again of invoice %s; %s is left.", domain.ReportPaid: "%s was paid to you of what is yours again of invoice %s; %s is left.",
			domain.ReportTakenBack: "%s of what you reported of invoice %s was taken back; %s is left.", domain.ReportAgreed: "Your customer agrees that %s of invoice %s is payable; %s is left.",
		}[said.Kind]
		told := dealEvent(event, by, file.Deal, "recourse.reported", fmt.Sprintf(words, said.Amount.Grouped(), file.Deal.InvoiceNumber, r.Left().Grouped()))
		told.Factor = domain.OrganizationID{} // it is between the seller and its debtor now
		return once.Answer(said), tx.SaveTrail(ctx, domain.Trail{
			Audit:  []domain.AuditRow{domain.Audited(audit, by, "recourse.reported", "recourse", id.UUID, said.Kind, said.Amount, said.On)},
			Events: []domain.Event{told},
		})
	})
}

// RecourseReports lists what the caller, a seller, said of a part that is its own again.
func (s *Service) RecourseReports(ctx context.Context, by domain.Caller, id domain.RecourseID) ([]domain.RecourseReport, error) {
	if err := by.Must(domain.KindSeller); err != nil {
		return nil, err
	}
	var list []domain.RecourseReport
	err := s.read(ctx, by.Own(), func(tx Tx) error {
		if _, err := tx.RecourseDeal(ctx, id, by.Organization); err != nil {
			return err
		}
		var err error
		list, err = tx.Reports(ctx, id)
		return err
	})
	return list, err
}
