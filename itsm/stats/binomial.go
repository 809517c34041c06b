package stats

import "math/big"

// The normal distribution's tails beyond three and beyond two sigma, on one
// side. Exact limits leave out as much, or less.
func beyondThree() *big.Rat { return big.NewRat(1349898031630, 1e15) }
func beyondTwo() *big.Rat   { return big.NewRat(22750131948179, 1e15) }

// usual gives the least and the greatest count of n cases, each with
// probability p, that aren't outside: with a tail (it included) no less likely
// than the one given. It is meant for few expected cases of one outcome:
// it counts the rarer one up from 0.
func usual(n int64, p, tail *big.Rat) (least, greatest int64) {
	if p.Cmp(big.NewRat(1, 2)) > 0 {
		least, greatest = usual(n, sub(one(), p), tail)
		return n - greatest, n - least
	}
	float := func(r *big.Rat) *big.Float { return new(big.Float).SetPrec(precision).SetRat(r) }
	var (
		odds  = float(quo(p, sub(one(), p)))
		bound = float(tail)
		mass  = float(power(sub(one(), p), n)) // P(X = k)
		up    = float(one())                   // P(X ≥ k)
		down  = new(big.Float).Set(mass)       // P(X ≤ k)
		found bool
	)
	for k := int64(0); ; k++ {
		if !found && down.Cmp(bound) >= 0 {
			least, found = k, true
		}
		up.Sub(up, mass)
		if k == n || up.Cmp(bound) < 0 {
			return least, k
		}
		mass.Mul(mass, float(big.NewRat(n-k, k+1)))
		mass.Mul(mass, odds)
		down.Add(down, mass)
	}
}
