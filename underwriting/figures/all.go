package figures

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"comity/underwriting/backtest"
)

// All draws every figure of a backtest. rivals is a CSV with the columns model and
// skill; without it there is no figure of skill.
func All(p *backtest.Portfolio, results []backtest.Result, rivals io.Reader) ([]Figure, error) {
	var drawn []Figure
	for _, draw := range []func([]backtest.Result) (Figure, error){Calibration, PIT, Curves} {
		figure, err := draw(results)
		if err != nil {
			return nil, err
		}
		drawn = append(drawn, figure)
	}
	if rivals == nil {
		return drawn, nil
	}
	others, err := readRivals(rivals)
	if err != nil {
		return nil, fmt.Errorf("rivals: %w", err)
	}
	figure, err := Skill(append(others, Rival{Name: "Comity", Skill: backtest.Named(p, results)["skill"]}))
	return append(drawn, figure), err
}

// readRivals reads names and skills.
func readRivals(in io.Reader) ([]Rival, error) {
	rows, err := csv.NewReader(in).ReadAll()
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, errors.New("the file is empty")
	}
	model, skill := slices.Index(rows[0], "model"), slices.Index(rows[0], "skill")
	if model < 0 || skill < 0 {
		return nil, errors.New("the columns model and skill are needed")
	}
	var rivals []Rival
	for _, row := range rows[1:] {
		value, err := strconv.ParseFloat(row[skill], 64)
		if err != nil {
			return nil, fmt.Errorf("%s: %q is no skill", row[model], row[skill])
		}
		rivals = append(rivals, Rival{Name: row[model], Skill: value})
	}
	return rivals, nil
}
