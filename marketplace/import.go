package marketplace

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"comity/domain"
	"comity/formats"
)

// StageFile stores the bytes that a seller hands in, piece by piece as they
// come, each in a transaction of its own: no more than one piece is in memory,
// and no connection is held while the next is awaited. A file that breaks off
// leaves pieces behind that nobody is shown. It refuses with
// domain.ErrUnreadable, wrapping what the source gave.
func (s *Service) StageFile(ctx context.Context, by domain.Caller, source io.Reader) (domain.StagedFile, error) {
	if err := by.Must(domain.KindSeller); err != nil {
		return domain.StagedFile{}, err
	}
	file := domain.StagedFile{ID: domain.New[domain.BlobID]()}
	sum, piece := sha256.New(), make([]byte, domain.PieceSize)
	for n := 1; ; n++ {
		size, err := io.ReadFull(source, piece)
		last := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !last {
			return domain.StagedFile{}, fmt.Errorf("%w (%w)", domain.ErrUnreadable.Because("the body broke off"), err)
		}
		if size > 0 || n == 1 {
			sum.Write(piece[:size])
			file.Size += int64(size)
			err := s.read(ctx, by.Own(), func(tx Tx) error { return tx.StagePiece(ctx, file.ID, by.Organization, n, piece[:size]) })
			if err != nil {
				return domain.StagedFile{}, err
			}
		}
		if last {
			file.SHA256 = sum.Sum(nil)
			return file, nil
		}
	}
}

// CreateImport records that a staged file of payment history is to be read.
func (s *Service) CreateImport(ctx context.Context, by domain.Caller, file domain.StagedFile, dryRun bool, once domain.Once[domain.Import]) (domain.Answer, error) {
	if err := by.Must(domain.KindSeller); err != nil {
		return domain.Answer{}, err
	}
	imp := domain.Import{
		ID: domain.New[domain.ImportID](), Seller: by.Organization, File: file.ID, DryRun: dryRun,
		State: domain.ImportQueued, CreatedAt: by.Now,
	}
	audit := domain.New[domain.AuditID]()
	return s.atomically(ctx, once.Entry(by, domain.ScopeSeller), func(tx Tx) (domain.Answer, error) {
		if err := tx.SaveImport(ctx, imp, file); err != nil {
			return domain.Answer{}, fmt.Errorf("save import: %w", err)
		}
		return once.Answer(imp), tx.SaveTrail(ctx, domain.Trail{
			Audit: []domain.AuditRow{domain.Audited(audit, by, "import.created", "import", imp.ID.UUID, fmt.Sprintf("%x", file.SHA256), dryRun)},
			Jobs:  []domain.Job{{World: by.World, Kind: domain.JobImport, Ref: imp.ID.UUID}},
		})
	})
}

// Import returns one of the caller's imports.
func (s *Service) Import(ctx context.Context, by domain.Caller, id domain.ImportID) (domain.Import, error) {
	if err := by.Must(domain.KindSeller); err != nil {
		return domain.Import{}, err
	}
	var imp domain.Import
	err := s.read(ctx, by.Own(), func(tx Tx) error {
		var err error
		imp, err = tx.Import(ctx, id, by.Organization)
		return err
	})
	return imp, err
}

// ImportResults lists what is wrong with rows of one of the caller's imports,
// limit of them after a line.
func (s *Service) ImportResults(ctx context.Context, by domain.Caller, id domain.ImportID, line, limit int) ([]domain.ImportResult, error) {
	if err := by.Must(domain.KindSeller); err != nil {
		return nil, err
	}
	var results []domain.ImportResult
	err := s.read(ctx, by.Own(), func(tx Tx) error {
		if _, err := tx.Import(ctx, id, by.Organization); err != nil {
			return err
		}
		var err error
		results, err = tx.ImportResults(ctx, id, by.Organization, line, limit)
		return err
	})
	return results, err
}

const (
	batchRows  = 2_000
	importRows = 1_000_000 // in one file
)

// ImportBatch does the next step of an import and says whether there are more.
// The first step looks through the whole file: one whose rows nobody can tell
// apart is refused before anything is taken from it. Each later step takes up
// to 2,000 rows and moves the position in the same transaction, so that a
// worker that dies goes on where the last step ended.
func (s *Service) ImportBatch(ctx context.Context, world domain.WorldID, id domain.ImportID, now time.Time) (bool, error) {
	fresh := make([]domain.RelationshipID, batchRows)
	for i := range fresh {
		fresh[i] = domain.New[domain.RelationshipID]()
	}
	event := domain.New[domain.EventID]()
	more := false
	err := s.work(ctx, "import_batch", world, now, func(tx Tx, by domain.Caller) error {
		imp, err := tx.LockImport(ctx, id)
		if err != nil || imp.Over() {
			more = false
			return err
		}
		if imp.State == domain.ImportQueued {
			err = lookThrough(ctx, tx, &imp)
		} else {
			err = takeRows(ctx, tx, &imp, batch{fresh: fresh, now: now})
		}
		if err != nil {
			return err
		}
		if more = !imp.Over(); !more {
			imp.FinishedAt = now
			if err := tx.SaveTrail(ctx, importTrail(event, by, imp)); err != nil {
				return err
			}
		}
		return tx.UpdateImport(ctx, imp)
	})
	if err != nil {
		return false, fmt.Errorf("import batch of %s: %w", id, err)
	}
	return more, nil
}

func importTrail(id domain.EventID, by domain.Caller, imp domain.Import) domain.Trail {
	said := fmt.Sprintf("The payment history was read: %d rows are new, %d were known before, %d have faults.", imp.Good, imp.Same, imp.Bad)
	if imp.DryRun {
		said = fmt.Sprintf("The payment history was tried: %d rows would be new, %d are known, %d have faults.", imp.Good, imp.Same, imp.Bad)
	}
	if imp.State == domain.ImportRefused {
		said = "The payment history was not read. " + imp.Reason
	}
	return domain.Trail{Events: []domain.Event{{ID: id, World: by.World, Kind: "import." + string(imp.State), Seller: imp.Seller, Said: said, At: by.Now}}}
}

// lookThrough reads a whole file once, in constant memory, and begins or
// refuses the import.
func lookThrough(ctx context.Context, tx Tx, imp *domain.Import) error {
	reader, err := formats.NewHistoryReader(storedFile(ctx, tx, *imp))
	if err != nil {
		return refused(imp, err)
	}
	begin := reader.Position()
	for rows := 0; ; rows++ {
		if rows > importRows {
			return refuse(imp, fmt.Sprintf("too-many-rows: at most %d rows are taken in one file", importRows))
		}
		if _, _, err := reader.Next(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return refused(imp, err)
		}
	}
	imp.Columns, imp.Offset, imp.Line = reader.Header().Columns, begin.Offset, begin.Line
	return imp.MoveTo(domain.ImportRunning)
}

// refused ends an import when the file is at fault; other faults are ours.
func refused(imp *domain.Import, err error) error {
	if fault, ok := errors.AsType[*formats.FileError](err); ok {
		return refuse(imp, fault.Error())
	}
	return err
}

func refuse(imp *domain.Import, reason string) error {
	imp.Reason = reason
	return imp.MoveTo(domain.ImportRefused)
}

// storedFile reads the bytes of an import from its position on, a piece at a time.
func storedFile(ctx context.Context, tx Tx, imp domain.Import) io.Reader {
	n, skip := int(imp.Offset/domain.PieceSize)+1, imp.Offset%domain.PieceSize
	return &pieceReader{next: func() ([]byte, error) {
		piece, err := tx.Piece(ctx, imp.File, imp.Seller, n)
		if err != nil {
			return nil, err
		}
		from := min(skip, int64(len(piece)))
		n, skip = n+1, 0
		return piece[from:], nil
	}}
}

type pieceReader struct {
	next func() ([]byte, error)
	rest []byte
}

// Read implements io.Reader.
func (r *pieceReader) Read(into []byte) (int, error) {
	for len(r.rest) == 0 {
		var err error
		if r.rest, err = r.next(); err != nil {
			return 0, err
		}
	}
	n := copy(into, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// A batch is the rows that one step takes, and what is to be written of them.
type batch struct {
	fresh   []domain.RelationshipID // for debtors that are new
	now     time.Time
	rows    []row
	news    map[pastKey]domain.PastInvoice
	results []domain.ImportResult
}

type row struct {
	line int
	past domain.PastInvoice
}

// A pastKey names a past invoice inside one seller.
type pastKey struct{ code, reference string }

func keyOf(p domain.PastInvoice) pastKey { return pastKey{p.Code, p.Reference} }

// takeRows reads the next rows and writes what is new in them, set by set.
func takeRows(ctx context.Context, tx Tx, imp *domain.Import, b batch) error {
	reader, err := formats.ResumeHistory(formats.HistoryHeader{Columns: imp.Columns}, storedFile(ctx, tx, *imp),
		formats.HistoryPosition{Offset: imp.Offset, Line: imp.Line})
	if err != nil {
		return err
	}
	ended, err := b.read(reader)
	if err != nil {
		return refused(imp, err)
	}
	known, err := b.known(ctx, tx, *imp)
	if err != nil {
		return err
	}
	b.judge(imp, known)
	if err := b.save(ctx, tx, *imp); err != nil {
		return err
	}
	at := reader.Position()
	imp.Offset, imp.Line = at.Offset, at.Line
	if ended {
		return imp.MoveTo(domain.ImportDone)
	}
	return nil
}

// read takes rows from the file, at most a batch of them, and says whether the
// file ended.
func (b *batch) read(reader *formats.HistoryReader) (ended bool, err error) {
	for range batchRows {
		read, fault, err := reader.Next()
		switch {
		case errors.Is(err, io.EOF):
			return true, nil
		case err != nil:
			return false, err
		case fault != nil:
			b.results = append(b.results, domain.ImportResult{Line: fault.Line, Field: fault.Column, Rule: fault.Rule, Detail: fault.Detail})
			continue
		}
		past := domain.PastInvoice{
			Code: strings.TrimSpace(read.DebtorID), Reference: strings.TrimSpace(read.InvoiceID), Amount: read.Amount, Issued: read.Issued, Due: read.Due,
			Paid: read.Paid, ObservedUntil: read.ObservedUntil, Disputed: read.Disputed,
		}
		if past.Code == "" || past.Reference == "" {
			b.results = append(b.results, domain.ImportResult{Line: read.Line, Rule: "missing", Detail: "debtor_id and invoice_id are more than spaces"})
			continue
		}
		b.rows = append(b.rows, row{read.Line, past})
	}
	return false, nil
}

// known finds the debtors of the rows, adding those that are new, and returns
// what is known of the same invoices. A dry run adds nobody.
func (b *batch) known(ctx context.Context, tx Tx, imp domain.Import) (map[pastKey]domain.PastInvoice, error) {
	if len(b.rows) == 0 {
		return nil, nil
	}
	ids, err := b.relationships(ctx, tx, imp)
	if err != nil {
		return nil, err
	}
	codes := make(map[domain.RelationshipID]string, len(ids))
	for code, id := range ids {
		codes[id] = code
	}
	asked := make([]domain.PastInvoice, 0, len(b.rows))
	for i := range b.rows {
		past := &b.rows[i].past
		if past.Relationship = ids[past.Code]; !past.Relationship.IsZero() {
			asked = append(asked, *past)
		}
	}
	found, err := tx.KnownHistory(ctx, imp.Seller, asked)
	if err != nil {
		return nil, err
	}
	known := make(map[pastKey]domain.PastInvoice, len(b.rows))
	for _, past := range found {
		past.Code = codes[past.Relationship]
		known[keyOf(past)] = past
	}
	return known, nil
}

// relationships returns the seller's relationships by the codes in the rows.
func (b *batch) relationships(ctx context.Context, tx Tx, imp domain.Import) (map[string]domain.RelationshipID, error) {
	var codes []string
	seen := map[string]bool{}
	for _, r := range b.rows {
		if code := r.past.Code; !seen[code] {
			seen[code] = true
			codes = append(codes, code)
		}
	}
	ids, err := tx.RelationshipsByCode(ctx, imp.Seller, codes)
	if err != nil || len(ids) == len(codes) || imp.DryRun {
		return ids, err
	}
	var strangers []string
	for _, code := range codes {
		if _, known := ids[code]; !known {
			strangers = append(strangers, code)
		}
	}
	if err := tx.AddUnidentified(ctx, imp.Seller, b.fresh[:len(strangers)], strangers, b.now); err != nil {
		return nil, err
	}
	return tx.RelationshipsByCode(ctx, imp.Seller, codes)
}

// judge compares each row, in the order of the file, with what is known of the
// same invoice, and counts.
func (b *batch) judge(imp *domain.Import, known map[pastKey]domain.PastInvoice) {
	b.news = map[pastKey]domain.PastInvoice{}
	imp.Read += len(b.rows) + len(b.results)
	imp.Bad += len(b.results)
	if known == nil {
		known = map[pastKey]domain.PastInvoice{}
	}
	for _, r := range b.rows {
		key := keyOf(r.past)
		before, found := known[key]
		news, column, held := r.past.Follows(before)
		switch {
		case !found || news:
			imp.Good++
			known[key], b.news[key] = r.past, r.past
		case column == "":
			imp.Same++
		default:
			imp.Bad++
			b.results = append(b.results, domain.ImportResult{
				Line: r.line, Field: column, Rule: "differs-from-before",
				Detail: fmt.Sprintf("invoice %q was handed in before with %s %q", r.past.Reference, column, held),
			})
		}
	}
}

// save writes what is new, and what is wrong.
func (b *batch) save(ctx context.Context, tx Tx, imp domain.Import) error {
	if len(b.results) > 0 {
		if err := tx.SaveImportResults(ctx, imp, b.results); err != nil {
			return err
		}
	}
	if imp.DryRun || len(b.news) == 0 {
		return nil
	}
	news := make([]domain.PastInvoice, 0, len(b.news))
	for _, past := range b.news {
		news = append(news, past)
	}
	return tx.SaveHistory(ctx, imp, news)
}
