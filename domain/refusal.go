package domain

import "fmt"

// A Kind is a class of refusal. The API gives each kind one HTTP status.
type Kind uint8

// The kinds of refusal there are.
const (
	Unreadable  Kind = iota + 1 // the request cannot be read: 400
	Unknown                     // nobody is signed in, or no longer: 401
	Forbidden                   // the caller's role may not do this in its own organisation: 403
	Missing                     // there is no such thing, or it is not the caller's: 404
	Conflict                    // the thing is in the wrong state for this: 409
	TooLarge                    // more bytes than the rule allows: 413
	Unsupported                 // content of a type that is not taken here: 415
	Invalid                     // read, but it breaks a rule: 422
	Throttled                   // too many tries: 429
	Unavailable                 // the outcome is unknown or there is no room: repeat with the same key: 503
)

// A Field says which field of a request broke which rule.
type Field struct {
	Pointer string // JSON pointer, header or parameter name
	Code    string // kebab-case, part of the API
	Detail  string // a sentence
}

// A Refusal is a "no" that Comity says on purpose. It may be shown to the
// caller; every other error is ours to fix and is shown to nobody.
type Refusal struct {
	Kind       Kind
	Code       string // kebab-case, part of the API: never renamed
	Title      string // the same sentence every time
	Detail     string // what is particular to this occurrence; may be empty
	Fields     []Field
	State      string   // the state found, for a wrong-state refusal
	Allowed    []string // the states or moves that would be allowed
	RetryAfter int      // seconds; 0 when it does not apply
}

// Error implements error.
func (r *Refusal) Error() string {
	if r.Detail == "" {
		return r.Title
	}
	return r.Title + ": " + r.Detail
}

// Is makes errors.Is match refusals by code, whatever their detail.
func (r *Refusal) Is(target error) bool {
	other, ok := target.(*Refusal)
	return ok && other.Code == r.Code
}

// Because returns a copy of r that carries the particulars.
func (r *Refusal) Because(format string, args ...any) *Refusal {
	particular := *r
	particular.Detail = fmt.Sprintf(format, args...)
	return &particular
}

// At returns a copy of r that also names a field and the rule that it broke.
func (r *Refusal) At(pointer, code, detail string) *Refusal {
	particular := *r
	particular.Fields = append(append([]Field(nil), r.Fields...), Field{Pointer: pointer, Code: code, Detail: detail})
	return &particular
}

// In returns a copy of r that names the state found and those allowed.
func (r *Refusal) In(state string, allowed ...string) *Refusal {
	particular := *r
	particular.State, particular.Allowed = state, allowed
	return &particular
}
