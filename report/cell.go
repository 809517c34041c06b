package report

import (
	"math/big"
	"time"

	"turnus/itsm/text"
)

// Words is a cell that holds a text.
func Words(t text.Text) Cell { return Cell{Text: &t} }

// Say is a cell that holds words, formatted as text.F does it.
func Say(en, de string, args ...any) Cell { return Words(text.F(en, de, args...)) }

// Name is a cell that holds what reads the same in both languages.
func Name(s string) Cell { return Words(text.Same(s)) }

// Linked is a cell that holds a name, with where more about it is found, if that
// is known.
func Linked(name, address string) Cell {
	c := Name(name)
	c.Link = address
	return c
}

// Nothing is a cell that holds that it is not applicable.
func Nothing() Cell { return Words(NotApplicable()) }

// Count is a cell that holds a number of things.
func Count(n int64) Cell { return Cell{Count: &n} }

// Share is a cell that holds num/den, shown as per cent; without a denominator
// it is not applicable.
func Share(num, den int64) Cell { return Cell{Ratio: &Ratio{Num: num, Den: den}} }

// Percent is a cell that holds an exact decimal in per cent, as agreed.
func Percent(exact string) Cell { return Cell{Percent: exact} }

// Seconds is a cell that holds a duration.
func Seconds(s int64) Cell { return Cell{Seconds: &s} }

// AtLeast is a cell that holds a duration which goes on, or may.
func AtLeast(s int64, goesOn bool) Cell { return Cell{Seconds: &s, AtLeast: goesOn} }

// At is a cell that holds an instant.
func At(t time.Time) Cell { u := t.UTC(); return Cell{At: &u} }

// Judged is a cell that holds a word with its tone.
func Judged(t text.Text, tone Tone) Cell { return Cell{Verdict: &Judgement{Text: t, Tone: tone}} }

// Assessed is a cell that holds an assessment with its tone.
func Assessed(a Assessment) Cell {
	tone := Neutral
	switch a {
	case Met:
		tone = Good
	case Missed:
		tone = Bad
	}
	return Judged(a.Title(), tone)
}

// Named is a display name in both languages, or the name where there is none.
func Named(t text.Text, name string) text.Text {
	if t.IsZero() {
		return text.Same(name)
	}
	return text.New(t.In(text.En), t.In(text.De))
}

// NotApplicable is what stands where there was nothing to count: it is neither
// 0 nor 0 % nor 100 %.
func NotApplicable() text.Text { return text.New("n/a", "entfällt") }

// Number is text.Number.
func Number(n int64) text.Text { return text.Number(n) }

// Decimal is text.Decimal.
func Decimal(exact string) text.Text { return text.Decimal(exact) }

// Probability writes p with four decimals; a small one isn't 0.
func Probability(p *big.Rat) text.Text {
	if p.Cmp(big.NewRat(1, 10000)) < 0 {
		return text.New("<\u00a00.0001", "<\u00a00,0001")
	}
	return text.Decimal(p.FloatString(4))
}

// Exact is the ratio in per cent as an exact decimal with so many places,
// rounded half away from zero; nil where there is no denominator.
func (r Ratio) Exact(places int) *string {
	if r.Den == 0 {
		return nil
	}
	q := new(big.Rat).SetFrac64(r.Num, r.Den)
	s := q.Mul(q, big.NewRat(100, 1)).FloatString(places)
	return &s
}

// PerCent writes a share in per cent with so many places.
func PerCent(share *big.Rat, places int) string {
	return new(big.Rat).Mul(share, big.NewRat(100, 1)).FloatString(places)
}
