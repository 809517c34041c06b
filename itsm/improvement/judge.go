package improvement

import (
	"math/big"
	"regexp"
	"slices"

	"turnus/itsm/stats"
)

// MostReadings is how many published reports are waited for where chance can't
// be excluded: with that many, whoever checks decides.
const MostReadings = 3

// Reading is what one published report says of a figure.
type Reading struct {
	Run    string `json:"run"`
	Period string `json:"period"`
	Value  string `json:"value"`         // an exact decimal, of a share in per cent; empty: not applicable
	Num    *int64 `json:"num,omitempty"` // of a share
	Den    *int64 `json:"den,omitempty"` // of a share
}

// Share is a number of cases out of all of them.
type Share struct {
	Num int64 `json:"num"`
	Den int64 `json:"den"`
}

// Share that the reading is; nil where it is none, or there is no reading.
func (r *Reading) Share() *Share {
	if r == nil || r.Num == nil || r.Den == nil {
		return nil
	}
	return &Share{*r.Num, *r.Den}
}

// says that there is a value.
func (r *Reading) says() bool {
	if s := r.Share(); s != nil {
		return s.Den > 0
	}
	return exact(r.Value) != nil
}

// Judge says whether the figure that an action is checked by has reached its
// target, from what reports say whose periods begin after the action was done,
// the oldest first. Shares are put together, all cases over all cases; of any
// other figure the newest value counts. Comparing is exact. Where it was a share
// before, too, Fisher's test says whether chance alone may have brought it to
// its target: unless it has become better, significantly at 5 %, it is
// uncertain. What was before may be missing.
func Judge(a Action, before *Share, after []Reading) Verdict {
	after = slices.DeleteFunc(slices.Clone(after), func(r Reading) bool { return !r.says() })
	if len(after) == 0 {
		return Verdict{Ruling: NoReading}
	}
	v := Verdict{Readings: len(after)}
	value, now := pooled(after)
	if now == nil {
		newest := after[len(after)-1]
		v.Measured = Measured{Value: newest.Value, Reports: []string{newest.Run}}
		value, before = exact(newest.Value), nil
	} else {
		v.Measured = Measured{Value: value.FloatString(6), Num: &now.Num, Den: &now.Den}
		for _, r := range after {
			v.Measured.Reports = append(v.Measured.Reports, r.Run)
		}
	}
	v.Measured.Reached = a.reached(value)
	if !v.Measured.Reached {
		v.Ruling = Missed
		return v
	}
	v.Ruling = Reached
	if before == nil || before.Den < 1 {
		return v
	}
	test, err := stats.FisherTest(stats.Proportion{K: before.Num, N: before.Den}, stats.Proportion{K: now.Num, N: now.Den})
	if err != nil { // counts that can't be are no share to compare with
		return v
	}
	v.Before, v.Measured.Chance, v.Approximate = before, test.P.FloatString(chancePlaces), !test.Exact
	v.Better = a.better(value, before.percent())
	if !v.Better || test.P.Cmp(big.NewRat(1, 20)) > 0 {
		v.Ruling = Uncertain
	}
	return v
}

// chancePlaces is how many decimals a p-value is kept with.
const chancePlaces = 12

// pooled is the share, in per cent and in cases, of all readings together; nil
// where one of them isn't a share.
func pooled(all []Reading) (*big.Rat, *Share) {
	var sum Share
	for _, r := range all {
		s := r.Share()
		if s == nil {
			return nil, nil
		}
		sum.Num, sum.Den = sum.Num+s.Num, sum.Den+s.Den
	}
	return sum.percent(), &sum
}

func (s Share) percent() *big.Rat {
	r := big.NewRat(s.Num, s.Den)
	return r.Mul(r, big.NewRat(100, 1))
}

// reached says whether a value is on the good side of the target.
func (a Action) reached(value *big.Rat) bool {
	target := exact(a.Target)
	return target != nil && (value.Cmp(target) == 0 || a.better(value, target))
}

// better says whether a value is better than another one.
func (a Action) better(value, than *big.Rat) bool {
	if a.Sense == AtMost {
		return value.Cmp(than) < 0
	}
	return value.Cmp(than) > 0
}

var decimal = regexp.MustCompile(`^-?[0-9]{1,30}(\.[0-9]{1,30})?$`)

// exact is the number that a decimal writes; nil where it writes none.
func exact(s string) *big.Rat {
	if !decimal.MatchString(s) {
		return nil
	}
	r, _ := new(big.Rat).SetString(s)
	return r
}
