package portal

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"comity/collections"
	"comity/domain"
)

// evidencing is what the pages ask about files of a dispute.
type evidencing interface {
	Attach(ctx context.Context, by domain.Caller, id domain.DisputeID, up collections.Upload, once domain.Once[collections.Attached]) (domain.Answer, error)
	Evidence(context.Context, domain.Caller, domain.DisputeID) ([]domain.Evidence, error)
	EvidenceFile(context.Context, domain.Caller, domain.EvidenceID) (domain.Document, error)
}

func (p *portal) evidenceRoutes(router *gin.Engine) {
	router.GET("/d/:link/disputes/:dispute", p.visit(domain.VerbView, p.evidence))
	router.POST("/d/:link/disputes/:dispute", p.visit(domain.VerbDispute, p.attach))
	router.GET("/d/:link/evidence/:file", p.visit(domain.VerbView, p.evidenceFile))
}

// maxUploadBytes leaves room for what a form has beside its file.
const maxUploadBytes = domain.MaxEvidenceBytes + 64<<10

// deedFiles is what the pages call the attaching of a file to a dispute.
const deedFiles = "files"

// evidenceView is what the page of a dispute's files reads.
type evidenceView struct {
	frame
	Here                 string
	Number, Amount, Said string
	Files                []viewFile
	May                  bool // attach one more
	Done, Refused        string
	Nonce                string
}

// fileKinds says what kind a file is, in every language.
var fileKinds = map[string]string{"application/pdf": "PDF", "image/png": "PNG", "image/jpeg": "JPEG", "text/plain": "TXT"}

type viewFile struct{ Href, Name, What, By, On string }

// evidence answers the page of a dispute's files. It changes nothing.
func (p *portal) evidence(c *gin.Context, v visit) {
	p.evidencePage(c, v, nil)
}

func (p *portal) evidencePage(c *gin.Context, v visit, refusal *domain.Refusal) {
	view, err := p.evidenceView(c.Request.Context(), frameOf(c, v), c.Param("dispute"), v)
	switch {
	case errors.Is(err, domain.ErrNotFound):
		p.notFound(c)
	case err != nil:
		p.fault(c, fmt.Errorf("read evidence: %w", err))
	case refusal != nil:
		key, _ := view.T.refused(deedFiles, refusal)
		view.Refused, view.Title = view.T.Refusals[key].With("most", "10"), string(view.T.Look)+": "+view.Title
		p.write(c, statusOf(refusal.Kind), "evidence", view)
	default:
		if c.Query("done") == "attached" {
			view.Done = string(view.T.DoneFiles)
		}
		p.write(c, http.StatusOK, "evidence", view)
	}
}

func (p *portal) evidenceView(ctx context.Context, at frame, named string, v visit) (evidenceView, error) {
	id, err := domain.ParseDisputeID(named)
	if err != nil {
		return evidenceView{}, domain.ErrNotFound
	}
	page, err := p.Cases.Page(ctx, v.by)
	if err != nil {
		return evidenceView{}, err
	}
	i := slices.IndexFunc(page.Disputes, func(d domain.Dispute) bool { return d.ID == id })
	if i < 0 {
		return evidenceView{}, domain.ErrNotFound
	}
	files, err := p.Cases.Evidence(ctx, v.by, id)
	if err != nil {
		return evidenceView{}, err
	}
	dispute := page.Disputes[i]
	item, _ := page.Item(dispute.Deal)
	view := evidenceView{
		frame: at.of(page), Number: item.InvoiceNumber, Said: dispute.Said, Nonce: p.Door.nonce(v.link, p.Random(nonceBytes)),
		May: slices.Contains(v.link.Verbs, domain.VerbDispute) && dispute.Status != domain.DisputeResolved && domain.EvidenceOf(files, "debtor") < domain.MaxEvidenceFiles,
	}
	view.Title, view.Here, view.Amount = string(view.T.Files), view.To("disputes/"+id.String()), view.T.sum(dispute.Amount)
	sides := map[string]string{"debtor": string(view.T.SideDebtor), "seller": view.Seller, "factor": view.Factor}
	for _, f := range files {
		day := view.T.short(domain.DateOf(f.At.In(page.Zone())))
		view.Files = append(view.Files, viewFile{v.path + "/evidence/" + f.ID.String(), f.FileName, fileKinds[f.MediaType], sides[f.Side], day})
	}
	return view, nil
}

// attach takes a file for a dispute from a form of several parts.
func (p *portal) attach(c *gin.Context, v visit) {
	id, err := domain.ParseDisputeID(c.Param("dispute"))
	if err != nil {
		p.notFound(c)
		return
	}
	upload, guard, err := p.upload(c, v)
	if err == nil {
		_, err = p.Cases.Attach(c.Request.Context(), v.by, id, upload, guard)
	}
	refusal, told := errors.AsType[*domain.Refusal](err)
	switch {
	case err == nil:
		c.Redirect(http.StatusSeeOther, frameOf(c, v).To("disputes/"+id.String(), "done", "attached")+"#word")
	case !told:
		p.fault(c, err)
	case refusal.Kind == domain.Missing:
		p.notFound(c)
	default:
		p.evidencePage(c, v, refusal)
	}
}

// upload reads the form: the nonce stands before the file, so that no file is read
// that was not asked for. Nothing is written to a disk.
func (p *portal) upload(c *gin.Context, v visit) (collections.Upload, domain.Once[collections.Attached], error) {
	guard := domain.Once[collections.Attached]{
		Route:  "POST /d/:link/disputes/:dispute",
		Answer: func(collections.Attached) domain.Answer { return domain.Answer{Status: http.StatusSeeOther} },
	}
	if c.Request.ContentLength > maxUploadBytes {
		return collections.Upload{}, guard, errTooLong
	}
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, maxUploadBytes)
	parts, err := c.Request.MultipartReader()
	if err != nil {
		return collections.Upload{}, guard, domain.ErrUnreadable.Because("the form did not arrive whole; please send it again")
	}
	nonce, err := partOf(parts, "nonce", 200)
	if err != nil {
		return collections.Upload{}, guard, err
	}
	known := false
	if guard.Key, known = p.Door.key(v.link, string(nonce.Bytes)); !known {
		return collections.Upload{}, guard, domain.ErrUnreadable.Because("the page was too old; please send the form again")
	}
	file, err := partOf(parts, "file", domain.MaxEvidenceBytes)
	guard.Hash = hashOf(c.Param("dispute"), file)
	return file, guard, err
}

// hashOf is what a repetition of a form must be like.
func hashOf(dispute string, file collections.Upload) []byte {
	sum := sha256.Sum256([]byte(fmt.Sprintf("%s\n%s\n%x", dispute, file.Name, sha256.Sum256(file.Bytes))))
	return sum[:]
}

var errTooLong = domain.ErrTooLarge.Because("a file may have at most 10 MB")

// partOf reads the next part of a form, which must have a name.
func partOf(parts *multipart.Reader, name string, limit int64) (collections.Upload, error) {
	part, err := parts.NextPart()
	if err != nil || part.FormName() != name {
		return collections.Upload{}, domain.ErrUnreadable.Because("the form did not arrive whole; please send it again")
	}
	data, err := io.ReadAll(io.LimitReader(part, limit+1))
	if _, over := errors.AsType[*http.MaxBytesError](err); over || int64(len(data)) > limit {
		return collections.Upload{}, errTooLong
	}
	if err != nil {
		return collections.Upload{}, domain.ErrUnreadable.Because("the file broke off; please send it again")
	}
	declared, _, _ := mime.ParseMediaType(part.Header.Get("Content-Type")) // what a browser says; the content is looked at
	return collections.Upload{Name: part.FileName(), Declared: declared, Bytes: data}, nil
}

// evidenceFile answers with a file of a dispute, as it was handed in.
func (p *portal) evidenceFile(c *gin.Context, v visit) {
	id, err := domain.ParseEvidenceID(c.Param("file"))
	if err != nil {
		p.notFound(c)
		return
	}
	doc, err := p.Cases.EvidenceFile(c.Request.Context(), v.by, id)
	p.handOut(c, doc, err)
}
