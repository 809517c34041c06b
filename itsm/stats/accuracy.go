package stats

import (
	"math/big"

	"turnus/itsm/fault"
)

// Accuracy of a forecast, over the steps at which both it and the actual value
// are known. nil is not applicable.
type Accuracy struct {
	N     int      `json:"n"`
	Bias  *big.Rat `json:"bias"`      // mean of actual − forecast: above 0 the forecast is too low
	MAE   *big.Rat `json:"mae"`       // mean of |actual − forecast|
	MASE  *big.Rat `json:"mase"`      // MAE over that of the naive forecast within the history; nil if that never errs
	SMAPE *big.Rat `json:"smape_pct"` // mean of 200·|y−ŷ|/(|y|+|ŷ|), 0/0 being 0
	MAPE  *big.Rat `json:"mape_pct"`  // mean of 100·|y−ŷ|/|y|; nil: undefined, an actual value is 0
}

// Measure compares a forecast with what came (guide, 7.3; Hyndman and Koehler
// 2006). The history is what the forecast was made from; season is its cycle,
// 1 without one: the naive forecast repeats the value of a season ago. Terms in
// per cent are rounded to twelve decimals. Faults: history, actual, forecast,
// season.
func Measure(history, actual, forecast Series, season int) (Accuracy, error) {
	for _, s := range []struct {
		field  string
		values Series
	}{{"history", history}, {"actual", actual}, {"forecast", forecast}} {
		if err := s.values.check(s.field, MaxHistory); err != nil {
			return Accuracy{}, err
		}
	}
	switch {
	case len(actual) != len(forecast):
		return Accuracy{}, fault.Invalidf("forecast", "there are %d values for %d actual ones: give one for each, or null",
			"%d Werte für %d tatsächliche: Je einen angeben oder null.", len(forecast), len(actual))
	case season < 1:
		return Accuracy{}, fault.Invalidf("season", "a season of %d can't be: give 1 or more", "Eine Saisonlänge von %d gibt es nicht: 1 oder mehr angeben.", season)
	}
	var errs, sizes, ofSum, ofActual []*big.Rat
	defined := true
	for i, y := range actual {
		if y == nil || forecast[i] == nil {
			continue
		}
		e := sub(y, forecast[i])
		size := absolute(e)
		errs, sizes = append(errs, e), append(sizes, size)
		if size.Sign() == 0 {
			ofSum = append(ofSum, size)
		} else {
			ofSum = append(ofSum, rounded(quo(mul(integer(200), size), add(absolute(y), absolute(forecast[i])))))
		}
		if defined = defined && y.Sign() != 0; defined {
			ofActual = append(ofActual, rounded(quo(mul(integer(100), size), absolute(y))))
		}
	}
	a := Accuracy{N: len(errs), Bias: mean(errs), MAE: mean(sizes), SMAPE: mean(ofSum)}
	if defined {
		a.MAPE = mean(ofActual)
	}
	var naive []*big.Rat
	for i := season; i < len(history); i++ {
		if history[i] != nil && history[i-season] != nil {
			naive = append(naive, absolute(sub(history[i], history[i-season])))
		}
	}
	if scale := mean(naive); a.MAE != nil && scale != nil && scale.Sign() != 0 {
		a.MASE = quo(a.MAE, scale)
	}
	return a, nil
}
