package collections

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"comity/domain"
	"comity/money"
)

// asksSeller is the news by which a factor asks a seller for money.
const asksSeller = "recourse.exercised"

// claiming reads what is asked of a seller.
type claiming interface {
	Recourses(context.Context, domain.DealID) ([]domain.Recourse, error)
	ClaimsOn(ctx context.Context, seller, factor domain.OrganizationID) ([]money.Amount, error)
}

// asks fills in which factor asks a seller for money by the news, where the seller is a natural person by the same
// table as a debtor. What the reserve paid for asks for nothing.
func (n *News) asks(ctx context.Context, tx Tx) error {
	if n.Event.Kind != asksSeller || n.To.ID != n.Event.Seller || !n.To.LegalType.Natural() {
		return nil
	}
	given, err := tx.Recourses(ctx, n.Event.Deal)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(given, func(r domain.Recourse) bool { return r.ExercisedAt.Equal(n.Event.At) && r.Claim.Positive() }) {
		return nil
	}
	owed, err := tx.ClaimsOn(ctx, n.Event.Seller, n.Event.Factor)
	if err != nil {
		return err
	}
	if n.Profile = SellerProfile(n.To, owed); StatementDays(n.Profile) == 0 {
		return nil
	}
	n.Asks, err = tx.Organization(ctx, n.Event.Factor)
	return err
}

// SellerProfile is [ProfileOf] of a seller that owes something for what was given back to it. No region of a
// seller is on file.
func SellerProfile(seller domain.Organization, owed []money.Amount) Protection {
	return ProfileOf(domain.Relationship{LegalType: seller.LegalType, Country: seller.Country}, owed)
}

// checkable is what a person reads beside what is asked of it: who asks, and that it may not agree; "" where nobody
// asks a person.
func (n News) checkable() string {
	if n.Asks.ID.IsZero() {
		return ""
	}
	factor := writable(n.Asks.Name, "the factor")
	reach := factor
	if email := oneLine(n.Asks.Email); email != "" {
		reach += " (" + email + ")"
	}
	who := strings.NewReplacer("{factor}", factor, "{seller}", "you").Replace(IdentityLine(n.Profile))
	may := fmt.Sprintf("You can check this: say that you do not agree to all of it or to a part, or ask for a copy of anything that it rests on. Please write to %s, and no reason is needed. "+
		"You are not asked for that part again until you have an answer, and no day ends your right to say so.", reach)
	return "\n\n" + wrapped(who) + "\n\n" + wrapped(may)
}
