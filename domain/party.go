package domain

import (
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
)

// An OrganizationKind is the side that an organisation stands on.
type OrganizationKind string

// The sides there are.
const (
	KindSeller   OrganizationKind = "seller"
	KindFactor   OrganizationKind = "factor"
	KindPlatform OrganizationKind = "platform"
	KindMediator OrganizationKind = "mediator" // a neutral: no party of any deal
)

// A LegalType is what a party is in law; some rules protect natural persons.
type LegalType string

// The legal types there are.
const (
	Company     LegalType = "company"
	Partnership LegalType = "partnership"
	SoleTrader  LegalType = "sole_trader"
	PublicBody  LegalType = "public_body"
)

// LegalTypes lists every legal type.
func LegalTypes() []LegalType { return []LegalType{Company, Partnership, SoleTrader, PublicBody} }

// Valid reports whether t is one of [LegalTypes].
func (t LegalType) Valid() bool { return slices.Contains(LegalTypes(), t) }

// Natural reports whether a party of the type is a natural person, or may be: so may one whose type is not
// known.
func (t LegalType) Natural() bool { return t != Company && t != PublicBody }

// A Role is what a user may do inside its organisation.
type Role string

// The roles there are. A seller has owners and members, a factor owners,
// analysts and collectors, the platform operators, a mediator owners.
const (
	RoleOwner     Role = "owner"
	RoleMember    Role = "member"
	RoleAnalyst   Role = "analyst"
	RoleCollector Role = "collector"
	RoleOperator  Role = "operator"
)

// RolesOf lists the roles that users of one kind of organisation may have.
func RolesOf(kind OrganizationKind) []Role {
	switch kind {
	case KindSeller:
		return []Role{RoleOwner, RoleMember}
	case KindFactor:
		return []Role{RoleOwner, RoleAnalyst, RoleCollector}
	case KindPlatform:
		return []Role{RoleOperator}
	case KindMediator:
		return []Role{RoleOwner}
	default:
		return nil
	}
}

// An Organization is a seller, a factor, a mediator or the platform.
type Organization struct {
	ID        OrganizationID
	World     WorldID // zero for the platform, which stands outside worlds
	Kind      OrganizationKind
	Name      string
	LegalType LegalType
	Country   string // ISO 3166-1 alpha-2
	TimeZone  string // IANA
	TaxIDs    []string
	Email     string
	CreatedAt time.Time
}

// Zone returns the organisation's time zone.
func (o Organization) Zone() *time.Location { return zone(o.TimeZone) }

// locations are those that were asked for before: the machine's tables are files, and
// reading one takes longer than a whole decision.
var locations sync.Map

// zone returns the named zone. Names are checked where they come in; one that
// the machine's tables do not know is read as UTC.
func zone(name string) *time.Location {
	if known, ok := locations.Load(name); ok {
		return known.(*time.Location) //nolint:forcetypeassert // nothing else is stored
	}
	location, err := time.LoadLocation(name)
	if err != nil {
		location = time.UTC
	}
	locations.Store(name, location)
	return location
}

// A User is a person who signs in for one organisation.
type User struct {
	ID           UserID
	Organization OrganizationID
	Email        string
	Name         string
	Role         Role
	PasswordHash string
	CreatedAt    time.Time
	Disabled     bool
}

// A Credential is what sign-in finds out about an address.
type Credential struct {
	User         UserID
	Organization OrganizationID
	PasswordHash string
}

// A Caller is who asks, as found out from its token, and the time in its world.
// The zero Caller is nobody.
type Caller struct {
	User         UserID
	Organization OrganizationID
	Kind         OrganizationKind
	Role         Role
	World        WorldID
	Sandbox      bool
	Case         CaseID // for a debtor who came by its link
	Link         LinkID
	Now          time.Time // the world's time, UTC
}

// Must refuses with [ErrForbidden] unless the caller stands on the given side.
// Roles, when given, are the only ones that may.
func (c Caller) Must(kind OrganizationKind, roles ...Role) error {
	if c.Kind != kind {
		return ErrForbidden.Because("this is for a %s", kind)
	}
	if len(roles) > 0 && !slices.Contains(roles, c.Role) {
		return ErrForbidden.Because("your role is %s", c.Role)
	}
	return nil
}

// A Scope is what one transaction may see.
type Scope string

// The scopes there are. Market and work see more than one organisation; lists
// in the use-case rooms name who asks for them, and a test holds those.
const (
	ScopeAnonymous Scope = "anonymous"
	ScopeSeller    Scope = "seller"
	ScopeFactor    Scope = "factor"
	ScopePlatform  Scope = "platform"
	ScopeMediator  Scope = "mediator"
	ScopeDebtor    Scope = "debtor"
	ScopeMarket    Scope = "market"
	ScopeWork      Scope = "work"
)

// An Entry says who begins a transaction, what it may see, and under which
// idempotency key it is done; an empty key claims nothing.
type Entry struct {
	Scope Scope
	By    Caller
	Route string
	Key   string
	Hash  []byte
}

// Own returns the caller's entry in its own organisation's scope.
func (c Caller) Own() Entry {
	switch c.Kind {
	case KindSeller:
		return Entry{Scope: ScopeSeller, By: c}
	case KindFactor:
		return Entry{Scope: ScopeFactor, By: c}
	case KindPlatform:
		return Entry{Scope: ScopePlatform, By: c}
	case KindMediator:
		return Entry{Scope: ScopeMediator, By: c}
	default:
		if !c.Case.IsZero() {
			return Entry{Scope: ScopeDebtor, By: c}
		}
		return Entry{Scope: ScopeAnonymous, By: c}
	}
}

// In returns the caller's entry in a wider scope.
func (c Caller) In(scope Scope) Entry { return Entry{Scope: scope, By: c} }

// An Answer is the stored and sent form of what a use case did: status and
// bytes are made once, inside the transaction, and a replay sends the same.
type Answer struct {
	Status   int
	Body     []byte
	Location string
	Replayed bool
}

// A Once guards a use case that must happen once however often it is asked:
// Answer makes the stored answer from what was done.
type Once[T any] struct {
	Route  string
	Key    string
	Hash   []byte
	Answer func(T) Answer
}

// Entry returns the caller's entry in scope, claiming the key.
func (o Once[T]) Entry(by Caller, scope Scope) Entry {
	return Entry{Scope: scope, By: by, Route: o.Route, Key: o.Key, Hash: o.Hash}
}

// TaxKey returns a tax number in the form that is compared: letters and digits
// only, upper case.
func TaxKey(number string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToUpper(r)
		}
		return -1
	}, number)
}

// NameKey returns a name in the form that is compared: letters and digits of
// any script, lower case, in words of one space.
func NameKey(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	return strings.Join(words, " ")
}
