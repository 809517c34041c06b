package sla

import "turnus/itsm/rulechange"

// Compare sets the figures of a month beside those that other rules give of the
// same tickets, in the order in which they stand there.
func Compare(then, now Result) (targets []rulechange.TargetChange, credits []rulechange.CreditChange) {
	for _, a := range now.Agreements {
		old := agreementIn(then, a.Name)
		if old.Credits != nil || a.Credits != nil {
			credits = append(credits, rulechange.CreditChange{Agreement: a.Name, Then: owed(old.Credits), New: owed(a.Credits)})
		}
	}
	for _, old := range then.Agreements {
		if old.Credits != nil && agreementIn(now, old.Name).Name == "" {
			credits = append(credits, rulechange.CreditChange{Agreement: old.Name, Then: owed(old.Credits)})
		}
	}
	return rulechange.Compare(then.reached(), now.reached()), credits
}

func agreementIn(r Result, name string) AgreementResult {
	for _, a := range r.Agreements {
		if a.Name == name {
			return a
		}
	}
	return AgreementResult{}
}

// reached is what each target came to.
func (r Result) reached() (all []rulechange.Reached) {
	for _, a := range r.Agreements {
		for _, t := range a.Targets {
			all = append(all, rulechange.Reached{Agreement: a.Name, Target: t.Target.Name,
				Attained: rulechange.Attained{Met: t.Met, Decided: t.Decided, Attain: t.Target.Attain.String(), Verdict: string(t.Verdict)}})
		}
	}
	return all
}

func owed(c *CreditsResult) *rulechange.CreditOwed {
	if c == nil {
		return nil
	}
	return &rulechange.CreditOwed{Percent: c.Percent, Amount: c.Amount, Currency: c.Agreed.Fee.Currency}
}
