package paytime

// says is what follows from the coefficients of a model, laid out as a pricing reads
// it. It is computed when a model is fitted or decoded, and stored nowhere.
type says struct {
	base     [Groups]float64            // what is said when everything is as usual,
	usual    [Families][Groups]float64  // minus what each family adds usually
	bins     [][Groups]float64          // Third, by bin
	statics  [statPrior][Groups]float64 // Second, by static
	partsOf  [Families][]uint8          // of the third stage
	group    [Groups]groupSays
	constant [Buckets]float64
	day      [Buckets]float64 // what the day of a bucket adds
	general  [Days]float64    // of Shape, in payments, by day of a bucket
}

// groupSays holds coefficients of Second. Those of places belong to w.places, and
// those of squares to twice what is above 0.
type groupSays struct {
	rare                         bool // whether any of the next three is not zero
	all, own, belief             float64
	long, openLong               float64 // long with what other families say against it
	where, whereAll, whereMedian float64
	short, last, openShort       float64
	whereShort, whereLast3       float64
	term, whereTerm              float64
	amount, whereAmount          float64
	weekday                      float64
	runs                         [featPrior - featRuns]float64
	prior, thin                  float64
}

// staticsOf holds the statics of each family that have a coefficient of their own.
var staticsOf = func() (of [Families][]uint8) {
	for f := range statPrior {
		of[familyOfStatic[f]] = append(of[familyOfStatic[f]], uint8(f))
	}
	return of
}()

// endOf holds the bucket after the last one of each group, but for the one beyond the
// curve.
var endOf = func() (end [Groups]int) {
	for j := range Buckets - 1 {
		end[groupOf[j]] = j + 1
	}
	return end
}()

// settle computes what follows from the coefficients.
func (m *Model) settle() {
	m.place()
	m.prior.settle(m)
	s := &m.says
	s.bins, s.partsOf = make([][Groups]float64, m.offsets.bins), [Families][]uint8{}
	for part, family := range partFamilies[:m.parts()] {
		s.partsOf[family] = append(s.partsOf[family], uint8(part))
	}
	for g := range Groups {
		for k, v := range m.Third[g].Bin {
			s.bins[k][g] = v
		}
		for f := range statPrior {
			s.statics[f][g] = m.Second[g].Feature[featStatics+f]
		}
		s.group[g].settle(&m.Second[g].Feature)
		m.settleUsual(g)
	}
	m.want()
	for j := range Buckets - 1 {
		g := groupOf[j]
		s.constant[j] = m.Second[g].Bucket[j-firstOf[g]]
		s.day[j] = m.Second[g].Feature[featDay] * dayFeature(j)
	}
	for j := range Buckets {
		total := 0.0
		for late := max(lower[j], FirstDay); late <= min(upper[j], LastDay); late++ {
			total += m.Shape[late-FirstDay] + shapeFloor
		}
		for late := max(lower[j], FirstDay); late <= min(upper[j], LastDay); late++ {
			s.general[late-FirstDay] = shapeStrength * (m.Shape[late-FirstDay] + shapeFloor) / total
		}
	}
}

func (s *groupSays) settle(c *[features]float64) {
	whereAll := c[5] + c[10] + c[11] + c[13] + c[15]
	*s = groupSays{
		rare: c[0] != 0 || c[3] != 0 || c[4] != 0,
		all:  c[0], own: c[3], belief: c[4],
		long: c[1] + c[7] + c[8] + c[9] + c[12] + c[14] + c[16], openLong: c[2],
		where: whereAll + c[6], whereAll: -2 * whereAll, whereMedian: -2 * c[6],
		short: c[7], last: c[8], openShort: c[9], whereShort: -2 * c[10], whereLast3: -2 * c[11],
		term: c[12], whereTerm: -2 * c[13],
		amount: c[14], whereAmount: -2 * c[15],
		weekday: c[16],
		prior:   c[featPrior], thin: c[featPriorThin],
	}
	copy(s.runs[:], c[featRuns:featPrior])
	for square := 2; square < 2*runsInRow-3; square += 2 {
		s.runs[square] /= 4
	}
}

// want finds out which experts have a say, and where. The long one has it wherever
// another one is held against it.
func (m *Model) want() {
	for e, at := range expertAt {
		spans := []span(nil)
		for g := range Groups {
			c := &m.Second[g].Feature
			if e != expertLong && c[at] == 0 && (e != expertAll || c[featOwnRelative] == 0) {
				continue
			}
			if n := len(spans); n > 0 && spans[n-1].end == firstOf[g] {
				spans[n-1].end = endOf[g]
			} else {
				spans = append(spans, span{firstOf[g], endOf[g]})
			}
		}
		m.wanted.experts[e] = spans
	}
	for g := range Groups {
		c, says := &m.Second[g].Feature, &m.wanted.calendar[g]
		copy(says.day[:], c[featWeekdays:featClosed+1])
		says.after, says.rollOn, says.rollBack = c[featAfterClosed], c[featRollOn], c[featRollBack]
	}
}

// settleUsual computes what a group's stages say when everything is as usual.
func (m *Model) settleUsual(g int) {
	second, third, s := &m.Second[g], &m.Third[g], &m.says
	s.base[g] = second.Constant + third.Constant
	var usually [Families]float64
	addFamilies(&usually, &second.Feature, &second.Mean)
	for f := featStatics; f < features; f++ {
		usually[familyOfStatic[f-featStatics]] += second.Feature[f] * second.Mean[f]
	}
	for part, v := range third.Mean {
		usually[partFamily(part)] += v
	}
	for family, v := range usually {
		s.base[g] += v
		s.usual[family][g] = -v
	}
}

// priors is the prior of a model, by level of its columns.
type priors struct {
	constant [Groups]float64
	bucket   [Buckets]float64
	level    [][Groups]float64
}

func (p *priors) settle(m *Model) {
	p.level = make([][Groups]float64, m.offsets.levels)
	for g := range Groups {
		prior := &m.Prior[g]
		p.constant[g] = prior.Constant
		copy(p.bucket[firstOf[g]:], prior.Bucket)
		for k, v := range prior.Level {
			p.level[k][g] = v
		}
	}
}

// surest bounds the logits of the prior.
const surest = 9

// logits fills w.prior from the register.
func (p *priors) logits(w *Workspace, m *Model, q *Invoice) {
	base := p.constant
	for i := range m.Columns {
		for g, v := range &p.level[m.offsets.level[i]+int(q.Levels[i])] {
			base[g] += v
		}
	}
	for j, x := range &p.bucket {
		x = base[groupOf[j]] + x
		if x < -surest {
			x = -surest
		} else if x > surest {
			x = surest
		}
		w.prior[j] = x
	}
	w.prior[Buckets-1] = surest
}
