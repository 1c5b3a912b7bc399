package domain

import (
	"strings"
	"time"
)

// A ModelStatus is what a fitted model is for.
type ModelStatus string

// The states of a fitted model.
const (
	ModelProposed ModelStatus = "proposed"
	ModelShadow   ModelStatus = "shadow" // it scores beside the live one and decides nothing
	ModelLive     ModelStatus = "live"   // it decides
	ModelRetired  ModelStatus = "retired"
)

// ModelMoves says which state may follow which.
var ModelMoves = Machine[ModelStatus]{
	ModelProposed: {ModelShadow, ModelRetired},
	ModelShadow:   {ModelLive, ModelRetired},
	ModelLive:     {ModelRetired},
	ModelRetired:  {},
}

// A Model is a fitted payment-time model. Its artefact never changes, and one that
// has decided stays for ever: its decisions are replayed with it.
type Model struct {
	Name       string
	SHA256     []byte // of the artefact's content
	Status     ModelStatus
	Trained    Training
	Note       string
	ProposedAt time.Time
	ProposedBy UserID // zero: at the command line
	ShadowAt   time.Time
	LiveAt     time.Time
	RetiredAt  time.Time
}

// IsModelName reports whether text has the form of a fitted model's name: what it
// is and the first 16 hex digits of its SHA-256.
func IsModelName(text string) bool {
	digits, fits := strings.CutPrefix(text, "paytime-")
	return fits && len(digits) == 16 && strings.Trim(digits, "0123456789abcdef") == ""
}

// A Training says what a model was fitted on, and how well, as decimals in words.
type Training struct {
	Rows, Censored, Debtors int
	From, Until             string // first and last day of issue
	Fingerprint             string // SHA-256 of the rows
	CRPS                    string // in sample, days
	LogLossLate             string // of payment after the due day
	Calibration             [][2]string
}

// MoveTo puts the model in the next status, or refuses with [ErrWrongState].
func (m *Model) MoveTo(next ModelStatus, at time.Time) error {
	if err := ModelMoves.Move(m.Status, next); err != nil {
		return err
	}
	m.Status = next
	switch next {
	case ModelShadow:
		m.ShadowAt = at
	case ModelLive:
		m.LiveAt = at
	case ModelRetired:
		m.RetiredAt = at
	case ModelProposed:
	}
	return nil
}

// ModelsInUse names the model that decides and the one that scores beside it; ""
// is none: then the engine that is part of the program decides.
type ModelsInUse struct{ Live, Shadow string }

// A ShadowScore is what the shadow would have decided.
type ShadowScore struct {
	Model                 string
	Outcome               string
	Expected, Median, P90 int    // days after due
	Apart                 int    // expected days, less those of the decision
	Curve                 []byte // days and millionths paid by them, as JSON
}

// A Comparison says how far a shadow's scores are from the decisions beside which
// they stand.
type Comparison struct {
	Count         int
	ApartDays     int64 // sum of the differences of expected days, whichever was more
	OtherOutcomes int   // decisions of which it would have made others
	Furthest      []Apart
}

// Apart is one decision and what the shadow would have made of it.
type Apart struct {
	Decision                 DecisionID
	Model                    string // that decided
	DecidedAt                time.Time
	Outcome, ShadowOutcome   string
	Expected, ShadowExpected int // days after due
}
