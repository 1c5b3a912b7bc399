// Package figures draws what a backtest found, as SVG and PNG.
package figures

import (
	"bytes"
	"fmt"
	"image/color"
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"comity/underwriting/backtest"
	"comity/underwriting/paytime"
)

// A Figure is one drawing.
type Figure struct {
	Name string // of its files, without the ending
	plot *plot.Plot
}

// Size of a figure.
const (
	width  = 6 * vg.Inch
	height = 4 * vg.Inch
)

// Render returns the figure in a format: svg or png.
func (f Figure) Render(format string) ([]byte, error) {
	canvas, err := f.plot.WriterTo(width, height, format)
	if err != nil {
		return nil, fmt.Errorf("draw %s: %w", f.Name, err)
	}
	var out bytes.Buffer
	if _, err := canvas.WriteTo(&out); err != nil {
		return nil, fmt.Errorf("draw %s: %w", f.Name, err)
	}
	return out.Bytes(), nil
}

var (
	ink   = color.RGBA{R: 0x1f, G: 0x4e, B: 0x79, A: 0xff}
	faint = color.RGBA{R: 0x9a, G: 0xa5, B: 0xb1, A: 0xff}
	third = color.RGBA{R: 0xb3, G: 0x54, B: 0x1e, A: 0xff}
)

func titled(title, x, y string) *plot.Plot {
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = title, x, y
	p.Add(plotter.NewGrid())
	return p
}

// line adds a line to p, with a legend when name is given.
func line(p *plot.Plot, name string, c color.Color, points plotter.XYs) error {
	l, err := plotter.NewLine(points)
	if err != nil {
		return fmt.Errorf("draw a line: %w", err)
	}
	l.Color, l.Width = c, vg.Points(1.5)
	p.Add(l)
	if name != "" {
		p.Legend.Add(name, l)
	}
	return nil
}

// Calibration draws the predicted share of late payment against the observed one,
// by tenths of the rows.
func Calibration(results []backtest.Result) (Figure, error) {
	p := titled("Calibration of late payment", "predicted share paid after the due day", "observed share")
	if err := line(p, "perfect", faint, plotter.XYs{{X: 0, Y: 0}, {X: 1, Y: 1}}); err != nil {
		return Figure{}, err
	}
	var points plotter.XYs
	for _, tenth := range backtest.Calibration(results) {
		points = append(points, plotter.XY{X: tenth[0], Y: tenth[1]})
	}
	if err := line(p, "by tenths of the rows", ink, points); err != nil {
		return Figure{}, err
	}
	dots, err := plotter.NewScatter(points)
	if err != nil {
		return Figure{}, fmt.Errorf("draw dots: %w", err)
	}
	dots.Color = ink
	p.Add(dots)
	p.Legend.Top, p.Legend.Left = true, true
	return Figure{"calibration", p}, nil
}

// PIT draws the histogram of the probability integral transform: flat when the
// curves are right.
func PIT(results []backtest.Result) (Figure, error) {
	shares := backtest.PIT(results)
	p := titled("Probability integral transform", "tenth of the predicted distribution", "share of the outcomes")
	bars, err := plotter.NewBarChart(plotter.Values(shares), vg.Points(28))
	if err != nil {
		return Figure{}, fmt.Errorf("draw bars: %w", err)
	}
	bars.Color, bars.LineStyle.Width = ink, 0
	p.Add(bars)
	names := make([]string, len(shares))
	for i := range names {
		names[i] = strconv.Itoa(i + 1)
	}
	p.NominalX(names...)
	p.Y.Min, p.Y.Max = 0, max(.15, slices.Max(shares))
	even := 1 / float64(len(shares))
	if err := line(p, "a perfect model", third, plotter.XYs{{X: -.5, Y: even}, {X: float64(len(shares)) - .5, Y: even}}); err != nil {
		return Figure{}, err
	}
	return Figure{"pit", p}, nil
}

// Curves draws the payment curves of three invoices: the one expected earliest, the
// median one and the one expected as the latest of twenty.
func Curves(results []backtest.Result) (Figure, error) {
	p := titled("Payment curves of three invoices", "days after the due day", "probability of being paid")
	order := make([]int, len(results))
	for i := range order {
		order[i] = i
	}
	expected := func(i int) (sum int64) {
		for _, paid := range results[i].PaidBy {
			sum -= int64(paid)
		}
		return sum
	}
	slices.SortStableFunc(order, func(a, b int) int { return int(max(-1, min(1, expected(a)-expected(b)))) })
	for _, pick := range []struct {
		name  string
		share float64
		color color.Color
	}{{"earliest of twenty", .05, faint}, {"median", .5, ink}, {"latest of twenty", .95, third}} {
		if len(order) == 0 {
			break
		}
		r := results[order[int(math.Round(pick.share*float64(len(order)-1)))]]
		var points plotter.XYs
		for day := -30; day <= 60; day++ {
			y := float64(r.PaidBy[day-paytime.FirstDay]) / paytime.Million
			if n := len(points); n > 0 {
				points = append(points, plotter.XY{X: float64(day), Y: points[n-1].Y})
			}
			points = append(points, plotter.XY{X: float64(day), Y: y})
		}
		if err := line(p, pick.name, pick.color, points); err != nil {
			return Figure{}, err
		}
	}
	p.Y.Min, p.Y.Max = 0, 1
	p.Legend.Top, p.Legend.Left = true, true
	return Figure{"curves", p}, nil
}

// A Rival is a model that was measured on the same rows.
type Rival struct {
	Name  string
	Skill float64 // 1 − CRPS / CRPS of the curve of everybody
}

// Skill draws the skill of models side by side, best first.
func Skill(rivals []Rival) (Figure, error) {
	rivals = slices.Clone(rivals)
	slices.SortStableFunc(rivals, func(a, b Rival) int {
		switch {
		case a.Skill > b.Skill:
			return -1
		case a.Skill < b.Skill:
			return 1
		}
		return 0
	})
	p := titled("Skill in CRPS against the curve of everybody", "", "skill")
	values, names := plotter.Values{}, []string{}
	for _, r := range rivals {
		values, names = append(values, max(r.Skill, 0)), append(names, r.Name)
	}
	bars, err := plotter.NewBarChart(values, vg.Points(14))
	if err != nil {
		return Figure{}, fmt.Errorf("draw bars: %w", err)
	}
	bars.Color, bars.LineStyle.Width = ink, 0
	p.Add(bars)
	p.NominalX(names...)
	p.X.Tick.Label.Rotation = math.Pi / 4
	p.X.Tick.Label.XAlign, p.X.Tick.Label.YAlign = -1, -.5
	p.Y.Min = 0
	return Figure{"skill", p}, nil
}
