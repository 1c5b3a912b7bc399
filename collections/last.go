package collections

import (
	"slices"

	"comity/domain"
)

// nothingLeft reports whether a debtor owes a factor nothing more of a seller's: everything that was
// bought is paid, or taken off. What the factor gave back counts until title is the seller's again, since
// until then it is paid into the factor's account (D-5).
func nothingLeft(f *domain.CaseFacts) bool {
	return len(f.Items) > 0 && !slices.ContainsFunc(f.Items, func(item domain.CaseItem) bool { return !item.Deal.Open.IsZero() }) &&
		!slices.ContainsFunc(f.Recourses, domain.Recourse.Held)
}
