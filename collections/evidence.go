package collections

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"path"
	"slices"
	"strings"

	"comity/domain"
	"comity/formats"
)

// evidencing is what parties lay on the table of a dispute.
type evidencing interface {
	LockDisputed(context.Context, domain.DisputeID, domain.OrganizationID, domain.CaseID) (domain.Disputed, error)
	Evidence(context.Context, domain.DisputeID, domain.OrganizationID, domain.CaseID) ([]domain.Evidence, error)
	EvidenceFile(context.Context, domain.EvidenceID, domain.OrganizationID, domain.CaseID) (domain.Evidence, error)
	SaveEvidence(ctx context.Context, e domain.Evidence, content []byte) error
	Document(context.Context, domain.BlobID, domain.OrganizationID) (domain.Document, error)
}

// An Upload is a file as it was handed in.
type Upload struct {
	Name     string
	Declared string // the media type that it was said to have; "": none
	Bytes    []byte
}

// An Attached is a file that a dispute has now.
type Attached struct {
	domain.Evidence
	Before bool // the dispute had these bytes already
}

// sideDebtor is how a debtor's side is called where parties speak.
const sideDebtor = string(domain.SideDebtor)

// sideOf says on which side of a dispute the caller stands: an organisation, or a
// debtor that came by its link. It refuses everybody else.
func sideOf(by domain.Caller) (string, error) {
	switch by.Kind {
	case domain.KindSeller, domain.KindFactor:
		return string(by.Kind), nil
	case domain.KindPlatform, domain.KindMediator:
		return "", domain.ErrForbidden.Because("this is for the parties of the dispute")
	default:
		return sideDebtor, byLink(by)
	}
}

// evidenceOf looks into a file and names it: what is in it counts, not what it was
// called or said to be (T-55).
func evidenceOf(up Upload) (domain.Evidence, error) {
	if len(up.Bytes) > domain.MaxEvidenceBytes {
		return domain.Evidence{}, domain.ErrTooLarge.Because("a file may have at most %d bytes", domain.MaxEvidenceBytes)
	}
	media, err := formats.EvidenceType(up.Bytes)
	if err != nil {
		return domain.Evidence{}, err
	}
	if up.Declared != media && slices.Contains(domain.EvidenceTypes(), up.Declared) {
		return domain.Evidence{}, domain.ErrUnsupported.Because("the content is %s, and was said to be %s", media, up.Declared)
	}
	sum := sha256.Sum256(up.Bytes)
	return domain.Evidence{FileName: domain.EvidenceName(up.Name, media), MediaType: media, Size: int64(len(up.Bytes)), SHA256: sum[:]}, nil
}

// shown checks what a debtor reads of a file of its seller or factor on its page (D-6): a name
// with bank details, a way elsewhere or a rude word is not shown, and such a text is refused.
func shown(file *domain.Evidence, data []byte) error {
	unfit := func(said string) bool {
		return bankDetails(strings.ToUpper(said)) || leadsElsewhere(said) || len(lintWords(friendly, said, "What was written")) > 0
	}
	if unfit(strings.TrimSuffix(file.FileName, path.Ext(file.FileName))) {
		file.FileName = domain.EvidenceName("file", file.MediaType)
	}
	if file.MediaType == "text/plain" && bankDetails(strings.ToUpper(string(data))) {
		return domain.ErrInvalid.Because("bank details stand in a notice only").At("/file", "bank-details", "refer to the account in the notice")
	}
	return nil
}

// Attach adds a file to a dispute of the caller's, as its debtor, seller or factor;
// all three see it. The same bytes again are the file that is there. It refuses with
// domain.ErrNotFound, ErrTooLarge, ErrUnsupported, ErrInvalid, or ErrWrongState once
// the dispute is resolved.
func (s *Service) Attach(ctx context.Context, by domain.Caller, id domain.DisputeID, up Upload, once domain.Once[Attached]) (domain.Answer, error) {
	side, err := sideOf(by)
	if err != nil {
		return domain.Answer{}, err
	}
	_, quietly, err := s.evidence(ctx, by, id)
	if err != nil { // nothing is looked into for a stranger
		return domain.Answer{}, err
	}
	file, err := evidenceOf(up)
	if err == nil && side != sideDebtor {
		err = shown(&file, up.Bytes)
	}
	if err != nil {
		return domain.Answer{}, err
	}
	file.ID, file.Blob, file.Dispute, file.Side, file.By, file.At = domain.New[domain.EvidenceID](), domain.New[domain.BlobID](), id, side, by.User, by.Now
	ids, heard := newTrailIDs(), domain.New[domain.EventID]()
	return s.atomically(ctx, once.Entry(by, domain.ScopeWork), func(tx Tx) (domain.Answer, error) {
		about, err := tx.LockDisputed(ctx, id, by.Organization, by.Case)
		if err != nil {
			return domain.Answer{}, err
		}
		for _, had := range about.Evidence {
			if bytes.Equal(had.SHA256, file.SHA256) {
				return once.Answer(Attached{quietly.file(had), true}), nil
			}
		}
		if err := about.Takes(side); err != nil {
			return domain.Answer{}, err
		}
		saved := file
		saved.Case, saved.Factor, saved.Seller = about.Case, about.Factor, about.Seller
		if side != sideDebtor {
			kase, err := tx.Case(ctx, about.Case, by.Organization, by.Kind)
			if err == nil {
				err = discreetFile(ctx, tx, by, kase, &saved, up.Bytes)
			}
			if err != nil {
				return domain.Answer{}, err
			}
		}
		if err := tx.SaveEvidence(ctx, saved, up.Bytes); err != nil {
			return domain.Answer{}, fmt.Errorf("save evidence: %w", err)
		}
		if about.Status == domain.DisputeMediation {
			did := fmt.Sprintf("The %s attached a file to the dispute about %s", side, about.Amount.Grouped())
			if err := tellNeutral(ctx, tx, id, heard, did, by.Now); err != nil {
				return domain.Answer{}, err
			}
		}
		return once.Answer(Attached{saved, false}), tx.SaveTrail(ctx, evidenceTrail(by, about, saved, ids))
	})
}

// evidenceTrail tells seller and factor of a file; the debtor sees it on its page.
func evidenceTrail(by domain.Caller, about domain.Disputed, file domain.Evidence, ids trailIDs) domain.Trail {
	who := map[string]string{"seller": "The seller", "factor": "The factor", "debtor": writable(about.Debtor, "The debtor")}[file.Side]
	said := fmt.Sprintf("%s attached %q (%s, %s) to the dispute about %s of invoice %s.",
		who, oneLine(file.FileName), file.Words(), sized(file.Size), about.Amount.Grouped(), writable(about.InvoiceNumber, noNumber))
	kase := domain.Case{ID: about.Case, Factor: about.Factor, Seller: about.Seller}
	trail := ids.about(by, kase, "dispute.evidence", file.ID.UUID, about.Deal, said)
	trail.Audit = []domain.AuditRow{domain.Audited(ids.audit, by, "dispute.evidence", "evidence", file.ID.UUID, about.ID, file.FileName, file.MediaType, file.SHA256)}
	trail.Events[0].World = about.World
	return trail
}

// sized writes a number of bytes for people.
func sized(bytes int64) string {
	switch {
	case bytes < 1_000:
		return counted(int(bytes), "byte")
	case bytes < 1_000_000:
		return fmt.Sprintf("%d kB", (bytes+500)/1_000)
	default:
		tenths := (bytes + 50_000) / 100_000
		return fmt.Sprintf("%d.%d MB", tenths/10, tenths%10)
	}
}

// Evidence lists the files of a dispute of the caller's, oldest first. It refuses with
// domain.ErrNotFound.
func (s *Service) Evidence(ctx context.Context, by domain.Caller, id domain.DisputeID) ([]domain.Evidence, error) {
	files, _, err := s.evidence(ctx, by, id)
	return files, err
}

// evidence is Evidence with how it is shown to the caller.
func (s *Service) evidence(ctx context.Context, by domain.Caller, id domain.DisputeID) ([]domain.Evidence, hush, error) {
	var quietly hush
	side, err := sideOf(by)
	if err != nil {
		return nil, quietly, err
	}
	var files []domain.Evidence
	err = s.read(ctx, by.Own(), func(tx Tx) error {
		if side == sideDebtor {
			page, err := tx.DebtorPage(ctx, by.Link, false)
			if err != nil {
				return err
			}
			quietly = hushOf(page)
		}
		var err error
		files, err = tx.Evidence(ctx, id, by.Organization, by.Case)
		files = each(files, quietly.file)
		return err
	})
	return files, quietly, err
}

// EvidenceFile returns the bytes of a file of a dispute of the caller's, or of one that it
// mediates, as they were handed in. It refuses with domain.ErrNotFound.
func (s *Service) EvidenceFile(ctx context.Context, by domain.Caller, id domain.EvidenceID) (domain.Document, error) {
	side, err := sideOf(by)
	if err != nil && by.Kind != domain.KindMediator { // the neutral reads what it is shown, and attaches nothing
		return domain.Document{}, err
	}
	var file domain.Evidence
	var quietly hush
	err = s.read(ctx, by.Own(), func(tx Tx) error {
		if side == sideDebtor {
			page, err := tx.DebtorPage(ctx, by.Link, false)
			if err != nil {
				return err
			}
			quietly = hushOf(page)
		}
		var err error
		file, err = tx.EvidenceFile(ctx, id, by.Organization, by.Case)
		return err
	})
	if err != nil {
		return domain.Document{}, err
	}
	var doc domain.Document
	err = s.read(ctx, by.In(domain.ScopeWork), func(tx Tx) error {
		var err error
		doc, err = tx.Document(ctx, file.Blob, file.Factor)
		doc.FileName = quietly.fileName(doc.FileName, doc.MediaType)
		return err
	})
	return doc, err
}
