package portal

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"

	"comity/collections"
	"comity/domain"
)

// deedCard is what the pages call paying by card.
const deedCard = "card"

func (p *portal) cardRoutes(router *gin.Engine) {
	// who may say that it paid may pay
	router.GET("/d/:link/card", p.visit(domain.VerbPaid, p.askCard))
	router.POST("/d/:link/card", p.visit(domain.VerbPaid, p.payByCard))
	router.GET("/d/:link/card/:card", p.visit(domain.VerbView, p.showCard))
	router.GET("/d/:link/paid-by-card/:card", p.visit(domain.VerbCard, p.showCard)) // where the processor leads back to
}

// takesCards reports whether a visit may pay by card at all.
func (p *portal) takesCards(page domain.DebtorPage, v visit) bool {
	return p.Cards.Offer(page, v.link, v.by)
}

// payableByCard reports whether something of an invoice can be paid by card now.
func (p *portal) payableByCard(page domain.DebtorPage, item domain.DebtorItem, v visit) bool {
	return p.takesCards(page, v) && collections.CardPayable(page, item, v.by.Now).Positive()
}

// cardLink leads to paying all of a statement by card: of one invoice, as much of it as its payer likes.
func (p *portal) cardLink(s *statement, page domain.DebtorPage, v visit) *viewLink {
	if !p.takesCards(page, v) {
		return nil
	}
	sum, parts, ok := collections.CardAll(page, v.by.Now)
	switch {
	case !ok:
		return nil
	case len(parts) == 1:
		return &viewLink{s.To(deedCard, "deal", parts[0].Deal.String()), string(s.T.Card)}
	default:
		return &viewLink{s.To(deedCard), s.T.CardAll.With("amount", s.T.sum(sum))}
	}
}

// cardDeed is paying by card as a form asks for it.
func (p *portal) cardDeed() deed {
	return deed{
		deedCard, aboutEither,
		[]string{"amount"},
		func(w *words) phrase { return w.Card },
		func(w *words) phrase { return w.Card },
		layCard,
		func(ctx context.Context, by domain.Caller, f form) (domain.Answer, error) {
			guard := once[domain.CardPayment](f)
			guard.Answer = func(c domain.CardPayment) domain.Answer {
				return domain.Answer{Status: http.StatusSeeOther, Body: []byte(c.ID.String())}
			}
			return p.Cases.PayByCard(ctx, by, f.deal, f.amount, guard)
		},
	}
}

// layCard lays out the form: an amount of one invoice is typed, the whole of a statement is not.
func layCard(s *sheet) {
	s.Heading, s.Button = string(s.T.Card), string(s.T.CardButton)
	s.Note = s.T.CardNote.With("factor", s.page.Factor)
	if s.Item != nil {
		left := collections.CardPayable(s.page, s.item, s.now)
		s.amount(s.T.Amount, s.T.typed(left))
		return
	}
	sum, _, ok := collections.CardAll(s.page, s.now)
	if !ok {
		return
	}
	s.Heading = s.T.CardAll.With("amount", s.T.sum(sum))
	s.Kept = map[string]string{"amount": sum.Decimal(), "currency": string(sum.Currency())}
}

// askCard answers the form, where paying by card is offered.
func (p *portal) askCard(c *gin.Context, v visit) {
	page, ok := p.page(c, v)
	if !ok {
		return
	}
	s, found := p.sheetOf(frameOf(c, v), page, v, p.cardDeed(), form{Deal: c.Query("deal")})
	if !found || !p.takesCards(page, v) || s.Item != nil && !p.payableByCard(page, s.item, v) || s.Item == nil && len(s.Kept) == 0 {
		p.notFound(c)
		return
	}
	p.write(c, http.StatusOK, "sheet", s)
}

// payByCard begins a payment and shows how it stands: the processor is asked by a worker.
func (p *portal) payByCard(c *gin.Context, v visit) {
	if page, ok := p.page(c, v); !ok {
		return
	} else if !p.takesCards(page, v) {
		p.notFound(c)
		return
	}
	d := p.cardDeed()
	f, err := p.read(c, v, d)
	var answer domain.Answer
	if err == nil {
		answer, err = d.do(c.Request.Context(), v.by, f)
	}
	refusal, told := errors.AsType[*domain.Refusal](err)
	switch {
	case err == nil:
		c.Redirect(http.StatusSeeOther, frameOf(c, v).To("card/"+string(answer.Body)))
	case !told:
		p.fault(c, err)
	case refusal.Kind == domain.Missing:
		p.notFound(c)
	default:
		p.refuse(c, v, d, f, refusal)
	}
}

// cardView is how a payment by card stands.
type cardView struct {
	frame
	Amount, Said string
	Host, Go     string // where the processor's page is; "": there is none to go to
	Again        bool   // its page is being prepared
	Parts        []string
	Whole        bool // the link shows the statement too
}

// showCard answers how a payment stands. While its page is being prepared whoever pays may look again: a page
// that is loaded anew by itself takes its reader back to the start (WCAG 2.2.1, failure F41). Then it leads there
// by a link, so that whoever pays sees where it goes.
func (p *portal) showCard(c *gin.Context, v visit) {
	page, ok := p.page(c, v)
	if !ok {
		return
	}
	id, err := domain.ParseCardID(c.Param("card"))
	i := slices.IndexFunc(page.Cards, func(card domain.CardPayment) bool { return card.ID == id })
	if err != nil || i < 0 {
		p.notFound(c)
		return
	}
	p.write(c, http.StatusOK, "card", p.cardView(frameOf(c, v).of(page), page, page.Cards[i], v))
}

func (p *portal) cardView(f frame, page domain.DebtorPage, card domain.CardPayment, v visit) cardView {
	view := cardView{frame: f, Amount: f.T.sum(card.Amount), Whole: slices.Contains(v.link.Verbs, domain.VerbView)}
	if !view.Whole {
		view.Debtor = "" // the processor leads back here: it reads nothing that it did not know
	}
	view.Title = string(f.T.CardTitle)
	for _, part := range card.Parts {
		view.Parts = append(view.Parts, f.T.CardPart.With("number", part.Number, "amount", f.T.sum(part.Amount)))
	}
	at, err := url.Parse(card.URL)
	switch status := collections.CardNow(page, card, v.link, v.by, p.Door.Now()); {
	case status == domain.CardPreparing:
		view.Said, view.Again = string(f.T.CardPreparing), true
	case status == domain.CardReady && err == nil:
		view.Said, view.Go, view.Host = f.T.CardReady.With("host", at.Host, "factor", page.Factor), card.URL, at.Host
	case status == domain.CardPaid:
		view.Said = f.T.CardPaid.With("factor", page.Factor)
	case status == domain.CardPassedOn:
		view.Said = string(f.T.CardPassedOn)
	case status == domain.CardReturned:
		view.Said = string(f.T.CardReturned)
	default:
		view.Said = string(f.T.CardOver)
	}
	return view
}
