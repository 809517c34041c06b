package stats

import (
	"math/big"
	"slices"
)

// decimals is how far numbers that aren't fractions are kept.
const decimals = 12

// precision of roots and powers on the way there, in bits.
const precision = 256

func one() *big.Rat { return big.NewRat(1, 1) }

func add(a, b *big.Rat) *big.Rat { return new(big.Rat).Add(a, b) }
func sub(a, b *big.Rat) *big.Rat { return new(big.Rat).Sub(a, b) }
func mul(a, b *big.Rat) *big.Rat { return new(big.Rat).Mul(a, b) }
func quo(a, b *big.Rat) *big.Rat { return new(big.Rat).Quo(a, b) }
func square(a *big.Rat) *big.Rat { return mul(a, a) }
func absolute(a *big.Rat) *big.Rat {
	return new(big.Rat).Abs(a)
}
func clone(a *big.Rat) *big.Rat { return new(big.Rat).Set(a) }

func integer(n int64) *big.Rat { return new(big.Rat).SetInt64(n) }

// rounded to twelve decimals, half away from zero.
func rounded(r *big.Rat) *big.Rat {
	x, _ := new(big.Rat).SetString(r.FloatString(decimals)) // its own format
	return x
}

// root is the square root of a number that isn't negative, to 256 bits.
func root(r *big.Rat) *big.Rat {
	f := new(big.Float).SetPrec(precision).SetRat(r)
	x, _ := f.Sqrt(f).Rat(nil)
	return x
}

// power is f^n to 256 bits, by repeated squaring; f is from 0 to 1. What is
// less than any number of 256 bits can tell from 0 is 0: its fraction would be
// gigabytes long.
func power(f *big.Rat, n int64) *big.Rat {
	base := new(big.Float).SetPrec(precision).SetRat(f)
	p := new(big.Float).SetPrec(precision).SetInt64(1)
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			p.Mul(p, base)
		}
		base.Mul(base, base)
	}
	if p.MantExp(nil) < -precision {
		return new(big.Rat)
	}
	x, _ := p.Rat(nil)
	return x
}

// ceilOf is the least integer that share·n doesn't exceed; share is from 0
// to 1.
func ceilOf(share *big.Rat, n int64) int64 {
	x := new(big.Int).Mul(share.Num(), big.NewInt(n))
	q, m := x.QuoRem(x, share.Denom(), new(big.Int))
	if m.Sign() > 0 {
		return q.Int64() + 1
	}
	return q.Int64()
}

// mean of values, nil of none.
func mean(values []*big.Rat) *big.Rat {
	if len(values) == 0 {
		return nil
	}
	return quo(sum(values), integer(int64(len(values))))
}

// sum of values, halved again and again: the long denominators are few then.
func sum(values []*big.Rat) *big.Rat {
	switch n := len(values); n {
	case 0:
		return new(big.Rat)
	case 1:
		return clone(values[0])
	default:
		return add(sum(values[:n/2]), sum(values[n/2:]))
	}
}

// median of values, which it puts in order; nil of none. Of two in the middle
// it is the mean.
func median(values []*big.Rat) *big.Rat {
	n := len(values)
	if n == 0 {
		return nil
	}
	slices.SortFunc(values, (*big.Rat).Cmp)
	return mean(values[(n-1)/2 : n/2+1])
}
