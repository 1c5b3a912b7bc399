package collections_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"strconv"
	"strings"
	"testing"

	"comity/collections"
	"comity/domain"
)

// disputing plays story A until a part is disputed, and returns the three who see it.
func (h *house) disputing() (dispute domain.DisputeID, debtor, seller, factor domain.Caller) {
	h.t.Helper()
	h.act("2026-02-05 10:00")
	h.send("2026-02-05 10:02")
	h.exec(`UPDATE deals SET status = 'paid_out'`)
	debtor = h.debtor("2026-03-05 10:00")
	if _, err := h.cases.Dispute(h.t.Context(), debtor, collections.Complaint{Deal: h.facts.Items[0].Deal.ID, Amount: usd(100_000), Reason: domain.DisputeDamaged, Said: "two boxes were wet"}, onceOf[domain.Dispute]("d")); err != nil {
		h.t.Fatal(err)
	}
	if err := h.owner.QueryRowContext(h.t.Context(), `SELECT id FROM disputes`).Scan(&dispute.UUID); err != nil {
		h.t.Fatal(err)
	}
	k := h.facts.Case
	party := func(org domain.OrganizationID, kind domain.OrganizationKind) domain.Caller {
		return domain.Caller{User: domain.New[domain.UserID](), Organization: org, Kind: kind, World: k.World, Sandbox: true, Now: at("2026-03-05 11:00")}
	}
	return dispute, debtor, party(k.Seller, domain.KindSeller), party(k.Factor, domain.KindFactor)
}

func note(text string) collections.Upload {
	return collections.Upload{Name: "note.txt", Declared: "text/plain", Bytes: []byte(text)}
}

// attached notes what an attachment answered.
func attached(key string, into *collections.Attached) domain.Once[collections.Attached] {
	return domain.Once[collections.Attached]{Route: "attach", Key: key, Hash: []byte(key), Answer: func(a collections.Attached) domain.Answer {
		*into = a
		return domain.Answer{Status: 201, Body: []byte(a.ID.String())}
	}}
}

// TestEvidenceIsSeenByAllThree holds C-149, C-187, T-57 and T-59: each party attaches, all three read the same
// bytes under a name that leads nowhere, the same bytes are one file, and every file has its audit
// row and is told to seller and factor.
func TestEvidenceIsSeenByAllThree(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	dispute, debtor, seller, factor := h.disputing()
	long := bytes.Repeat([]byte("wet boxes, each of them\n"), 30_000) // 720 kB: three rows
	var first, again, second, third collections.Attached
	for _, step := range []struct {
		by   domain.Caller
		up   collections.Upload
		key  string
		into *collections.Attached
	}{
		{debtor, collections.Upload{Name: `..\..\page.html`, Bytes: long}, "1", &first},
		{seller, collections.Upload{Name: "mine.txt", Declared: "text/plain", Bytes: long}, "2", &again},
		{seller, note("they left dry"), "3", &second},
		{factor, note("the carrier's answer"), "4", &third},
	} {
		if _, err := h.cases.Attach(ctx, step.by, dispute, step.up, attached(step.key, step.into)); err != nil {
			t.Fatalf("%s: %v", step.key, err)
		}
	}
	if first.Before || !again.Before || again.ID != first.ID || first.FileName != "page.html.txt" {
		t.Errorf("the same bytes: %+v, then %+v", first, again)
	}
	for name, by := range map[string]domain.Caller{"debtor": debtor, "seller": seller, "factor": factor} {
		files, err := h.cases.Evidence(ctx, by, dispute)
		if err != nil || len(files) != 3 || files[0].Side != "debtor" || files[1].Side != "seller" || files[2].Side != "factor" {
			t.Errorf("the %s sees %+v, %v", name, files, err)
			continue
		}
		doc, err := h.cases.EvidenceFile(ctx, by, first.ID)
		if sum := sha256.Sum256(long); err != nil || !bytes.Equal(doc.Bytes, long) || !bytes.Equal(files[0].SHA256, sum[:]) || doc.MediaType != "text/plain" || doc.FileName != "page.html.txt" {
			t.Errorf("the %s reads %d bytes of %s, %s: %v", name, len(doc.Bytes), doc.FileName, doc.MediaType, err)
		}
	}
	h.is("rows of the first file", h.text(`SELECT string_agg(length(bytes)::text, ' ' ORDER BY p.n) FROM blob_parts p JOIN evidence e ON e.blob_id = p.blob_id AND e.side = 'debtor'`), "262144 262144 195712")
	h.is("audit", h.text(`SELECT count(*)::text FROM audit WHERE action = 'dispute.evidence' AND subject_kind = 'evidence'`), "3")
	h.is("told", h.text(`SELECT said FROM events WHERE kind = 'dispute.evidence' AND factor_id IS NOT NULL AND seller_id IS NOT NULL ORDER BY id LIMIT 1`),
		`Harbor & Pine Hotels, Inc. attached "page.html.txt" (text, 720 kB) to the dispute about USD 1,000.00 of invoice MP-1042.`)
	h.exec(`UPDATE blobs SET created_at = now() - interval '2 days'`)
	if err := h.db.Sweep(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := h.cases.EvidenceFile(ctx, debtor, third.ID); err != nil {
		t.Errorf("evidence was swept away: %v", err)
	}
}

// TestEvidenceIsNobodyElses: another seller, another factor, another debtor's link and the
// platform attach, list and read nothing.
func TestEvidenceIsNobodyElses(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	dispute, debtor, seller, factor := h.disputing()
	var file collections.Attached
	if _, err := h.cases.Attach(ctx, debtor, dispute, note("two boxes"), attached("1", &file)); err != nil {
		t.Fatal(err)
	}
	stranger, rival, other, platform := seller, factor, debtor, factor
	stranger.Organization, rival.Organization, other.Case = domain.New[domain.OrganizationID](), domain.New[domain.OrganizationID](), domain.New[domain.CaseID]()
	platform.Kind = domain.KindPlatform
	noLink := debtor
	noLink.Link = domain.LinkID{}
	for name, tc := range map[string]struct {
		by   domain.Caller
		want error
	}{
		"another seller": {stranger, domain.ErrNotFound}, "another factor": {rival, domain.ErrNotFound}, "another debtor": {other, domain.ErrNotFound},
		"nobody": {noLink, domain.ErrNotFound}, "the platform": {platform, domain.ErrForbidden},
	} {
		_, err1 := h.cases.Attach(ctx, tc.by, dispute, note("x"), attached("x"+name, &file))
		_, err2 := h.cases.Evidence(ctx, tc.by, dispute)
		_, err3 := h.cases.EvidenceFile(ctx, tc.by, file.ID)
		for _, err := range []error{err1, err2, err3} {
			if !errors.Is(err, tc.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	h.is("files", h.text(`SELECT count(*)::text FROM evidence`), "1")
}

// TestWhatEvidenceIsNotTaken holds T-55 and T-56 on the rows: what is refused stores nothing, ten
// files are enough, and a dispute that is resolved takes none.
func TestWhatEvidenceIsNotTaken(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	dispute, debtor, _, factor := h.disputing()
	var file collections.Attached
	for name, tc := range map[string]struct {
		up   collections.Upload
		want error
	}{
		"a page":            {collections.Upload{Name: "a.txt", Bytes: []byte("<html>")}, domain.ErrUnsupported},
		"an archive":        {collections.Upload{Name: "a.pdf", Bytes: []byte("PK\x03\x04")}, domain.ErrUnsupported},
		"said to be a PDF":  {collections.Upload{Name: "a.pdf", Declared: "application/pdf", Bytes: []byte("a word")}, domain.ErrUnsupported},
		"a PDF that acts":   {collections.Upload{Name: "a.pdf", Bytes: []byte("%PDF-1.7\n<</S/JavaScript>>\n%%EOF")}, domain.ErrInvalid},
		"nothing":           {collections.Upload{Name: "a.txt"}, domain.ErrInvalid},
		"more than 10 MiB":  {note(strings.Repeat("x", domain.MaxEvidenceBytes+1)), domain.ErrTooLarge},
		"said to be others": {collections.Upload{Name: "a.csv", Declared: "text/csv", Bytes: []byte("a,b")}, nil},
	} {
		if _, err := h.cases.Attach(ctx, debtor, dispute, tc.up, attached(name, &file)); !errors.Is(err, tc.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	h.is("files", h.text(`SELECT string_agg(file_name, ' ') FROM evidence`), "a.csv.txt")
	for i := range domain.MaxEvidenceFiles {
		_, err := h.cases.Attach(ctx, debtor, dispute, note(strconv.Itoa(i)), attached(strconv.Itoa(i), &file))
		if last := i == domain.MaxEvidenceFiles-1; last != errors.Is(err, domain.ErrInvalid) || !last && err != nil {
			t.Errorf("file %d: %v", i+2, err)
		}
	}
	if _, err := h.cases.Attach(ctx, factor, dispute, note("0"), attached("again", &file)); err != nil || !file.Before {
		t.Errorf("the same bytes beside ten files: %+v, %v", file, err)
	}
	h.exec(`UPDATE disputes SET status = 'resolved', outcome = 'payable', resolved_at = $1`, at("2026-03-06 10:00"))
	if _, err := h.cases.Attach(ctx, debtor, dispute, note("late"), attached("late", &file)); !errors.Is(err, domain.ErrWrongState) {
		t.Errorf("after it was resolved: %v", err)
	}
	if files, err := h.cases.Evidence(ctx, debtor, dispute); err != nil || len(files) != domain.MaxEvidenceFiles {
		t.Errorf("after it was resolved %d files are there: %v", len(files), err)
	}
}

// TestAFileTellsNoAccount holds D-6 for files: what a seller calls one, and what it writes in it, names
// no account and leads nowhere; what a debtor hands in is its own.
func TestAFileTellsNoAccount(t *testing.T) {
	h := newHouse(t)
	dispute, debtor, seller, _ := h.disputing()
	for name, tc := range map[string]struct {
		by         domain.Caller
		file, want string
	}{
		"an account": {seller, "pay to DE89 3704 0044 0532 0130 00.txt", "file.txt"},
		"a site":     {seller, "see pay-alice.com now.txt", "file.txt"},
		"a threat":   {seller, "final warning.txt", "file.txt"},
		"a photo":    {seller, "dry boxes.txt", "dry boxes.txt"},
		"its own":    {debtor, "DE89 3704 0044 0532 0130 00.txt", "DE89 3704 0044 0532 0130 00.txt"},
	} {
		var got collections.Attached
		if _, err := h.cases.Attach(t.Context(), tc.by, dispute, collections.Upload{Name: tc.file, Bytes: []byte(name)}, attached(name, &got)); err != nil || got.FileName != tc.want {
			t.Errorf("%s is called %q, want %q: %v", name, got.FileName, tc.want, err)
		}
	}
	var got collections.Attached
	if _, err := h.cases.Attach(t.Context(), seller, dispute, note("Our account is DE89 3704 0044 0532 0130 00 now."), attached("text", &got)); !errors.Is(err, domain.ErrInvalid) {
		t.Errorf("a text names another account: %v", err)
	}
}
