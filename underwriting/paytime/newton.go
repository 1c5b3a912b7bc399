package paytime

import (
	"math"
	"sync"

	"gonum.org/v1/gonum/mat"
)

// A likelihood adds to gradient and hessian (lower triangle, n×n by rows) what a
// stretch of its rows says at beta, and returns their negative log likelihood.
type likelihood interface {
	rows() int
	add(from, to int, beta, gradient, hessian []float64) float64
}

// A ridge pulls coefficients toward a centre.
type ridge struct {
	strength, centre []float64
}

// chunks is in how many stretches rows are summed: a fixed number, so that sums
// are the same on any number of processors.
const chunks = 8

const (
	mostSteps    = 16
	mostHalvings = 12
	longestStep  = 3.0
	goodEnough   = 1e-6
)

// maximise returns the coefficients that fit best under a ridge: Newton's method
// with halved steps where a whole one makes things worse.
func maximise(of likelihood, under ridge) []float64 {
	n := len(under.strength)
	beta, last := make([]float64, n), make([]float64, n)
	copy(beta, under.centre)
	previous := math.Inf(1)
	for range mostSteps {
		loss, gradient, hessian := evaluate(of, under, beta)
		for halved := 0; loss > previous*(1+1e-9) && halved < mostHalvings; halved++ {
			for k := range beta {
				beta[k] = (beta[k] + last[k]) / 2
			}
			loss, gradient, hessian = evaluate(of, under, beta)
		}
		copy(last, beta)
		if previous-loss < goodEnough*loss {
			break
		}
		previous = loss
		step(beta, gradient, hessian)
	}
	if loss, _, _ := evaluate(of, under, beta); loss > previous {
		return last
	}
	return beta
}

func evaluate(of likelihood, under ridge, beta []float64) (loss float64, gradient, hessian []float64) {
	n, rows := len(beta), of.rows()
	var losses [chunks]float64
	var gradients, hessians [chunks][]float64
	var group sync.WaitGroup
	for c := range chunks {
		group.Go(func() {
			gradients[c], hessians[c] = make([]float64, n), make([]float64, n*n)
			losses[c] = of.add(rows*c/chunks, rows*(c+1)/chunks, beta, gradients[c], hessians[c])
		})
	}
	group.Wait()
	gradient, hessian = gradients[0], hessians[0]
	loss = losses[0]
	for c := 1; c < chunks; c++ {
		loss += losses[c]
		for k, v := range gradients[c] {
			gradient[k] += v
		}
		for k, v := range hessians[c] {
			hessian[k] += v
		}
	}
	for k, strength := range under.strength {
		away := beta[k] - under.centre[k]
		loss += strength * away * away / 2
		gradient[k] -= strength * away
		hessian[k*n+k] += strength + 1e-6
	}
	return loss, gradient, hessian
}

// step moves beta by Newton's step, cut where it is very long.
func step(beta, gradient, hessian []float64) {
	n := len(beta)
	for i := range n { // the library wants the upper triangle
		for j := range i {
			hessian[j*n+i] = hessian[i*n+j]
		}
	}
	var factors mat.Cholesky
	if !factors.Factorize(mat.NewSymDense(n, hessian)) {
		return
	}
	var move mat.VecDense
	if err := factors.SolveVecTo(&move, mat.NewVecDense(n, gradient)); err != nil && move.Len() != n {
		return
	}
	longest := 0.0
	for k := range n {
		longest = max(longest, math.Abs(move.AtVec(k)))
	}
	scale := 1.0
	if longest > longestStep {
		scale = longestStep / longest
	}
	for k := range n {
		beta[k] += scale * move.AtVec(k)
	}
}

// dense is a logistic regression on rows of numbers, which it standardises. The
// last coefficient is the constant.
type dense struct {
	width     int
	x         []float32 // rows × width
	happened  []bool
	mean, div []float64
}

func newDense(width int, x []float32, happened []bool) *dense {
	d := &dense{width: width, x: x, happened: happened, mean: make([]float64, width), div: make([]float64, width)}
	for i := range happened {
		for k, v := range x[i*width : (i+1)*width] {
			d.mean[k] += float64(v)
		}
	}
	for k := range d.mean {
		d.mean[k] /= float64(len(happened))
	}
	for i := range happened {
		for k, v := range x[i*width : (i+1)*width] {
			away := float64(v) - d.mean[k]
			d.div[k] += away * away
		}
	}
	for k := range d.div {
		d.div[k] = math.Sqrt(d.div[k]/float64(len(happened))) + 1e-6
		if d.div[k] < 1e-4 { // the same in every row: no coefficient
			d.div[k] = 1e9
		}
	}
	return d
}

func (d *dense) rows() int { return len(d.happened) }

func (d *dense) add(from, to int, beta, gradient, hessian []float64) (loss float64) {
	n := d.width + 1
	x := make([]float64, n)
	x[d.width] = 1
	for i := from; i < to; i++ {
		score := beta[d.width]
		for k, v := range d.x[i*d.width : (i+1)*d.width] {
			x[k] = (float64(v) - d.mean[k]) / d.div[k]
			score += x[k] * beta[k]
		}
		rest, weight, cost := logistic(score, d.happened[i])
		loss += cost
		for a, xa := range x {
			gradient[a] += rest * xa
			xa *= weight
			for b, xb := range x[:a+1] {
				hessian[a*n+b] += xa * xb
			}
		}
	}
	return loss
}

// logistic returns what one row adds: the residual, the weight and the loss.
func logistic(score float64, happened bool) (rest, weight, loss float64) {
	p := sigmoid(score)
	weight = max(p*(1-p), 1e-7)
	if happened {
		return 1 - p, weight, -math.Log(max(p, 1e-12))
	}
	return -p, weight, -math.Log(max(1-p, 1e-12))
}

// sparse is a logistic regression on rows that have a few features out of many.
// The last coefficient is the constant.
type sparse struct {
	active   [][]int32 // by row: the features that it has
	offset   []float64 // by row: added to the score; may be nil
	weight   []float64 // by row; may be nil
	happened []bool
}

func (s *sparse) rows() int { return len(s.happened) }

func (s *sparse) add(from, to int, beta, gradient, hessian []float64) (loss float64) {
	n := len(beta)
	last := n - 1
	for i := from; i < to; i++ {
		score := beta[last]
		if s.offset != nil {
			score += s.offset[i]
		}
		for _, k := range s.active[i] {
			score += beta[k]
		}
		rest, weight, cost := logistic(score, s.happened[i])
		if s.weight != nil {
			rest, weight, cost = rest*s.weight[i], weight*s.weight[i], cost*s.weight[i]
		}
		loss += cost
		gradient[last] += rest
		hessian[last*n+last] += weight
		for at, k := range s.active[i] { // ascending, so that the lower triangle is filled
			gradient[k] += rest
			hessian[last*n+int(k)] += weight
			row := hessian[int(k)*n:]
			for _, other := range s.active[i][:at+1] {
				row[other] += weight
			}
		}
	}
	return loss
}
