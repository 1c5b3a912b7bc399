package paytime

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
)

// Format names the shape of an artefact. Another shape is another format.
const Format = "comity-paytime-1"

// A Model holds everything that a fit learned. It is only read once it is made,
// so it is safe to share.
type Model struct {
	Format  string   `json:"format"`
	Trained Training `json:"trained"`
	Columns []Column `json:"columns"`

	WeekdayShare [7]float64    `json:"weekday_share"` // of payments, Monday first
	Shape        [Days]float64 `json:"shape"`         // how payments spread over days late

	Prior  [Groups]Prior      `json:"prior"`
	Second [Groups]Second     `json:"second"`
	Bins   [statics][]float64 `json:"bins"`      // where a static is cut on its own
	Pairs  [statics][]float64 `json:"pair_bins"` // and in pairs
	Third  [Groups]Third      `json:"third"`

	// Weights are the w of the explained score, Σ w × logit of the hazard: how
	// many days the expected payment moves with each, on average over the rows of
	// the fit.
	Weights [Buckets]float64 `json:"weights"`

	offsets offsets
	prior   priors // Prior
	wanted  wanted // of a reading
	says    says
}

// Training says what a model was fitted on.
type Training struct {
	Rows        int    `json:"rows"`
	Censored    int    `json:"censored"` // of them open on the last day
	Debtors     int    `json:"debtors"`
	From        string `json:"from"` // first day of issue
	Until       string `json:"until"`
	Fingerprint string `json:"fingerprint"` // SHA-256 of the rows

	CRPS        float64      `json:"crps"`         // in sample, days
	LogLossLate float64      `json:"logloss_late"` // of payment after the due day
	Calibration [][2]float64 `json:"calibration"`  // predicted and observed share of late payment, by tenths
}

// Prior is the hazard of a debtor without a record: a constant, one coefficient
// for each bucket of the group, one for each level of each column.
type Prior struct {
	Constant float64   `json:"constant"`
	Bucket   []float64 `json:"bucket"`
	Level    []float64 `json:"level"`
}

// Second is linear in the features; Mean is what they are usually.
type Second struct {
	Constant float64           `json:"constant"`
	Bucket   []float64         `json:"bucket"`
	Feature  [features]float64 `json:"feature"`
	Mean     [features]float64 `json:"mean"`
}

// Third adds a coefficient for each bin that an invoice is in; Mean is what each
// of its parts adds usually.
type Third struct {
	Constant float64   `json:"constant"`
	Bin      []float64 `json:"bin"`
	Mean     []float64 `json:"mean"`
}

// A pair of statics that are cut together.
type pair struct{ a, b int }

// pairs are the interactions of the third stage.
var pairs = []pair{
	{statLateAll, statKnown},
	{statLateAll, statOverdue},
	{statLateAll, statMostOverdue},
	{statLateAll, statOverdueShare},
	{statLateAll, statLateShort},
	{statLateAll, statLateLast},
	{statLateAll, statLate5},
	{statLateAll, statAmountRelative},
	{statLateAll, statAmount},
	{statLateAll, statTerm},
	{statLateAll, statSameDay},
	{statLateAll, statSinceLast},
	{statLateAll, statLast3Trend},
	{statPrior, statLateAll},
	{statPrior, statKnown},
	{statPrior, statLateShort},
	{statLateShort, statMostOverdue},
}

const (
	ownBins   = 8
	priorBins = 10
	pairBins  = 5
	numPairs  = 17
	maxActive = statics + numPairs + MaxColumns
)

// offsets says where the coefficients of each part of the third stage begin.
type offsets struct {
	static [statics]int
	pair   [numPairs]int
	column [MaxColumns]int
	level  [MaxColumns]int // in the prior
	bins   int             // of the third stage, in all
	levels int
}

// place computes the offsets.
func (m *Model) place() {
	o, at := &m.offsets, 0
	for i := range m.Bins {
		o.static[i] = at
		at += len(m.Bins[i]) + 1
	}
	for i, p := range pairs {
		o.pair[i] = at
		at += (len(m.Pairs[p.a]) + 1) * (len(m.Pairs[p.b]) + 1)
	}
	o.levels = 0
	for i := range m.Columns {
		o.column[i] = at
		o.level[i] = o.levels
		at += m.Columns[i].size()
		o.levels += m.Columns[i].size()
	}
	o.bins = at
}

// ErrArtefact reports bytes that are no artefact, or one that was edited.
var ErrArtefact = errors.New("not a model as it was fitted")

type artefact struct {
	Model     json.RawMessage `json:"model"`
	SHA256    string          `json:"sha256"`              // of the bytes of model
	Signature string          `json:"signature,omitempty"` // Ed25519 over the same bytes, in hexadecimal
}

// Encode returns the artefact of m and the SHA-256 of its content. The same model
// is the same bytes. sign may be nil.
func (m *Model) Encode(sign func(content []byte) []byte) ([]byte, string, error) {
	content, err := json.Marshal(m)
	if err != nil {
		return nil, "", fmt.Errorf("encode model: %w", err)
	}
	sum := sha256.Sum256(content)
	a := artefact{Model: content, SHA256: hex.EncodeToString(sum[:])}
	if sign != nil {
		a.Signature = hex.EncodeToString(sign(content))
	}
	out, err := json.Marshal(a)
	if err != nil {
		return nil, "", fmt.Errorf("encode model: %w", err)
	}
	return append(out, '\n'), a.SHA256, nil
}

// Decode reads an artefact and returns the model and its SHA-256. It refuses with
// [ErrArtefact] one whose content is not what was hashed, and, when verify is
// given, one whose signature verify does not accept.
func Decode(stored []byte, verify func(content, signature []byte) bool) (*Model, string, error) {
	refuse := func(why string) (*Model, string, error) { return nil, "", fmt.Errorf("%w: %s", ErrArtefact, why) }
	var a artefact
	if err := json.Unmarshal(stored, &a); err != nil {
		return refuse("it does not parse")
	}
	sum := sha256.Sum256(a.Model)
	if hex.EncodeToString(sum[:]) != a.SHA256 {
		return refuse("its content was edited")
	}
	if verify != nil {
		signature, err := hex.DecodeString(a.Signature)
		if err != nil || !verify(a.Model, signature) {
			return refuse("its signature is missing or another one's")
		}
	}
	m := &Model{}
	if err := json.Unmarshal(a.Model, m); err != nil {
		return refuse("its content does not parse")
	}
	if err := m.check(); err != nil {
		return refuse(err.Error())
	}
	m.settle()
	return m, a.SHA256, nil
}

// check looks for whatever inference would stumble over.
func (m *Model) check() error {
	if m.Format != Format {
		return fmt.Errorf("its format is %q", m.Format)
	}
	if err := m.checkColumns(); err != nil {
		return err
	}
	for _, share := range m.WeekdayShare {
		if !(share > 0 && share <= 1) {
			return errors.New("a weekday has no share")
		}
	}
	for _, n := range m.Shape {
		if !(n >= 0 && n <= 1e9) {
			return errors.New("the shape has an impossible count")
		}
	}
	for k := range statics {
		if !ascending(m.Bins[k]) || !ascending(m.Pairs[k]) {
			return errors.New("bins are not in order")
		}
	}
	m.place()
	for g := range Groups {
		buckets := m.bucketsIn(g)
		if len(m.Prior[g].Bucket) != buckets || len(m.Second[g].Bucket) != buckets ||
			len(m.Prior[g].Level) != m.offsets.levels || len(m.Third[g].Bin) != m.offsets.bins ||
			len(m.Third[g].Mean) != m.parts() {
			return fmt.Errorf("group %d has another size", g)
		}
		second, third := &m.Second[g], &m.Third[g]
		for _, of := range [][]float64{
			m.Prior[g].Bucket, m.Prior[g].Level,
			{m.Prior[g].Constant},
			second.Bucket, second.Feature[:], second.Mean[:],
			{second.Constant},
			third.Bin, third.Mean,
			{third.Constant},
			m.Weights[:],
		} {
			if !small(of) {
				return fmt.Errorf("group %d has an impossible coefficient", g)
			}
		}
	}
	return nil
}

func (m *Model) checkColumns() error {
	if len(m.Columns) < registerColumns || len(m.Columns) > MaxColumns {
		return fmt.Errorf("it has %d columns", len(m.Columns))
	}
	if m.Columns[0].Name != columnTerm || m.Columns[1].Name != columnAmount {
		return errors.New("its first columns are not terms and amount")
	}
	for i, c := range m.Columns {
		level := c.Kind == kindLevel
		switch {
		case !level && c.Kind != kindNumber && c.Kind != kindDate, i < registerColumns && c.Kind != kindNumber:
			return fmt.Errorf("column %q is of kind %q", c.Name, c.Kind)
		case level && len(c.Cuts) > 0, !level && len(c.Levels) > 0, !ascending(c.Cuts), !ascending(c.Levels):
			return fmt.Errorf("the levels of column %q are not in order", c.Name)
		}
	}
	return nil
}

// ascending reports whether values rise strictly.
func ascending[V cmp.Ordered](of []V) bool {
	for k := 1; k < len(of); k++ {
		if cmp.Compare(of[k-1], of[k]) >= 0 {
			return false
		}
	}
	return true
}

// mostCoefficient is far beyond what a fit gives, and far from where sums overflow.
const mostCoefficient = 1e4

func small(of []float64) bool {
	for _, v := range of {
		if !(v >= -mostCoefficient && v <= mostCoefficient) {
			return false
		}
	}
	return true
}

// parts is how many parts the third stage has: each adds one bin.
func (m *Model) parts() int { return statics + numPairs + len(m.Columns) }

// bucketsIn returns how many buckets a group has, but for the one beyond the curve.
func (m *Model) bucketsIn(g int) int {
	n := 0
	for j := range Buckets - 1 {
		if groupOf[j] == g {
			n++
		}
	}
	return n
}
