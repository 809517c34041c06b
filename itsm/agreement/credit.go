package agreement

import (
	"fmt"
	"math/big"
	"regexp"
	"slices"
)

// Credits are what the provider owes for missed targets: a proposal that comes
// with a report, not a booking (domain guide, 1.5).
type Credits struct {
	Fee     Money   `json:"fee"`               // of the service, for a month
	Tiers   []Tier  `json:"tiers"`             // of the attainment
	Cap     Decimal `json:"cap,omitempty"`     // per cent of the fee that all credits of a month reach at most; without it there is no cap
	Several Several `json:"several,omitempty"` // missed targets in one month; must be said where there is more than one target
}

// Tier says what an attainment below a bound costs.
type Tier struct {
	Target string  `json:"target,omitempty"` // that it is about; without it: all targets that have no tier of their own
	Below  Decimal `json:"below"`            // per cent attained
	Credit Decimal `json:"credit"`           // per cent of the fee
}

// Several is the rule for several missed targets.
type Several string

// The rules.
const (
	Sum     Several = "sum"     // their credits add up
	Highest Several = "highest" // the highest one counts
)

const maxTiers = 200

// Of gives the tiers of a target, the lowest bound first; none: nothing is
// owed for it.
func (c Credits) Of(target string) []Tier {
	var own, common []Tier
	for _, t := range c.Tiers {
		switch t.Target {
		case target:
			own = append(own, t)
		case "":
			common = append(common, t)
		}
	}
	if len(own) == 0 {
		own = common
	}
	slices.SortStableFunc(own, func(a, b Tier) int { return number(a.Below).Cmp(number(b.Below)) })
	return own
}

// Owed is the credit for num of den under a target, in per cent of the fee.
// The tier is looked up with the ratio as it is, never rounded; a target that
// was met owes nothing, whatever the tiers say. Without a denominator there is
// nothing to judge: nil, which is neither owed nor kept.
func (c Credits) Owed(t Target, num, den int64) *big.Rat {
	if den <= 0 {
		return nil
	}
	percent := new(big.Rat).SetFrac64(num, den)
	percent.Mul(percent, big.NewRat(100, 1))
	if attain := t.agreed(); attain != nil && percent.Cmp(attain) >= 0 {
		return new(big.Rat)
	}
	for _, tier := range c.Of(t.Name) {
		if percent.Cmp(number(tier.Below)) < 0 {
			return number(tier.Credit)
		}
	}
	return new(big.Rat)
}

var percents = regexp.MustCompile(`^[0-9]{1,3}(\.[0-9]{1,18})?$`)

// agreed is the percentage to attain; nil if it isn't one.
func (t Target) agreed() *big.Rat {
	if !percents.MatchString(t.Attain.String()) {
		return nil
	}
	r, _ := new(big.Rat).SetString(t.Attain.String())
	return r
}

// Total puts the credits of a month's targets together, in per cent of the
// fee, and says whether the cap cut them. nil among them wasn't judged; of
// those alone it is nil, too.
func (c Credits) Total(owed []*big.Rat) (total *big.Rat, capped bool) {
	for _, o := range owed {
		switch {
		case o == nil:
		case total == nil:
			total = new(big.Rat).Set(o)
		case c.Several != Highest:
			total.Add(total, o)
		case o.Cmp(total) > 0:
			total.Set(o)
		}
	}
	if most := c.Cap.Rat(); total != nil && most != nil && total.Cmp(most) > 0 {
		return most, true
	}
	return total, false
}

// Amount is a percentage of the fee, exact.
func (c Credits) Amount(percent *big.Rat) *big.Rat {
	amount := new(big.Rat).Mul(number(c.Fee.Amount), percent)
	return amount.Quo(amount, big.NewRat(100, 1))
}

// number of a decimal that was checked; 0 of one that wasn't.
func number(d Decimal) *big.Rat {
	if r := d.Rat(); r != nil {
		return r
	}
	return new(big.Rat)
}

// Check refuses credits that can't have been agreed for these targets.
func (c Credits) Check(targets []Target) error {
	var all checks
	all.credits("credits", c, targets)
	return all.Err()
}

func (c *checks) credits(at string, x Credits, targets []Target) {
	if amount := x.Fee.Amount.Rat(); amount == nil || amount.Sign() == 0 {
		c.Say(at+".fee.amount", "%.40q isn't a fee: use a decimal above 0, as in 12000.00.",
			"%.40q ist kein Entgelt: Eine Dezimalzahl über 0 angeben, etwa 12000.00.", string(x.Fee.Amount))
	}
	if !currencyCode.MatchString(x.Fee.Currency) {
		c.Say(at+".fee.currency", "%.40q isn't a currency: use its three letters, as in EUR.",
			"%.40q ist keine Währung: Den Code aus drei Buchstaben angeben, etwa EUR.", x.Fee.Currency)
	}
	if x.Cap != "" {
		c.percentage(at+".cap", x.Cap)
	}
	switch {
	case x.Several != "":
		oneOf(c, at+".several", x.Several, Sum, Highest)
	case len(targets) > 1:
		c.Say(at+".several", "Say what is owed when several targets are missed: %s or %s.",
			"Angeben, was bei mehreren verfehlten Zielen gilt: %s oder %s.", Sum, Highest)
	}
	if n := len(x.Tiers); n == 0 || n > maxTiers {
		c.Say(at+".tiers", "Credits have 1 to %d tiers.", "Gutschriften haben 1 bis %d Stufen.", maxTiers)
		return
	}
	for i, t := range x.Tiers {
		here := fmt.Sprintf("%s.tiers[%d]", at, i)
		fine := c.percentage(here+".below", t.Below)
		if !c.percentage(here+".credit", t.Credit) || !fine {
			continue
		}
		if t.Target != "" {
			c.aimed(here, t, targets)
		}
		c.inOrder(here, t, x.Tiers[:i])
	}
}

// percentage wants a decimal above 0 and up to 100.
func (c *checks) percentage(at string, d Decimal) bool {
	r := d.Rat()
	if r != nil && r.Sign() > 0 && r.Cmp(big.NewRat(100, 1)) <= 0 {
		return true
	}
	c.Say(at, "%.40q isn't a percentage: use a decimal above 0 and up to 100, in quotes, as in \"99.9\".",
		"%.40q ist kein Prozentsatz: Eine Dezimalzahl über 0 bis 100 in Anführungszeichen angeben, etwa \"99.9\".", string(d))
	return false
}

// aimed holds a tier against the target that it names.
func (c *checks) aimed(at string, tier Tier, targets []Target) {
	i := slices.IndexFunc(targets, func(t Target) bool { return t.Name == tier.Target })
	if i < 0 {
		c.Say(at+".target", "%.80q isn't the name of a target here.", "%.80q heißt hier kein Ziel.", tier.Target)
		return
	}
	if attain := targets[i].agreed(); attain != nil && number(tier.Below).Cmp(attain) > 0 {
		c.Say(at+".below", "From %s per cent on the target is met, and then owes nothing: use that or less.",
			"Ab %s Prozent ist das Ziel erreicht, und für ein erreichtes Ziel fällt keine Gutschrift an: Diesen Wert oder einen kleineren angeben.", targets[i].Attain)
	}
}

// inOrder refuses a tier that is there already, and a worse result that costs
// no more than a better one.
func (c *checks) inOrder(at string, tier Tier, before []Tier) {
	for _, b := range before {
		if b.Target != tier.Target || b.Below.Rat() == nil || b.Credit.Rat() == nil {
			continue
		}
		lower := number(tier.Below).Cmp(number(b.Below))
		switch {
		case lower == 0:
			c.Say(at+".below", "There is a tier below %s already.", "Eine Stufe unter %s gibt es schon.", b.Below)
			return
		case lower != -number(tier.Credit).Cmp(number(b.Credit)):
			c.Say(at+".credit", "The lower the bound, the higher the credit: below %s it is %s.",
				"Je niedriger die Schwelle, desto höher die Gutschrift: Unter %s beträgt sie %s.", b.Below, b.Credit)
			return
		}
	}
}
