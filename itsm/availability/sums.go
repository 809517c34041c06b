package availability

import "math/big"

// Sums are what adds up over periods. What is divided of them is divided once, at
// the end (domain guide, G10).
type Sums struct {
	Agreed      int64 // seconds, as those that follow
	Measured    int64 // agreed, outside maintenance, and known
	Down        int64
	Lost        int64 // down with weights, in millionths of a second
	Maintenance int64
	Excused     int64
	Unknown     int64
	Failures    int64
	Restored    int64
	Restoring   int64 // full lengths of those restored
}

// Plus adds up what several periods were measured for.
func (s Sums) Plus(o Sums) Sums {
	return Sums{s.Agreed + o.Agreed, s.Measured + o.Measured, s.Down + o.Down, s.Lost + o.Lost, s.Maintenance + o.Maintenance,
		s.Excused + o.Excused, s.Unknown + o.Unknown, s.Failures + o.Failures, s.Restored + o.Restored, s.Restoring + o.Restoring}
}

// LostSeconds writes the weighted downtime as a decimal, exactly.
func (s Sums) LostSeconds() string { return millionths(s.Lost) }

// Quotients are what is divided of sums; see Result.
type Quotients struct {
	Availability *string
	Verdict      Verdict
	Coverage     *string
	Reliable     bool
	MTRS         *int64
	MTBF         *int64
	MTBSI        *int64
}

// Divide holds sums against a target and a floor of coverage, both per cent.
// Errors are faults with the field: target, coverage_floor.
func (s Sums) Divide(target, floor string) (Quotients, error) {
	t, err := percentage("target", target)
	if err != nil {
		return Quotients{}, err
	}
	f, err := percentage("coverage_floor", floor)
	if err != nil {
		return Quotients{}, err
	}
	return s.divide(t, f), nil
}

// divide compares with the target and the coverage floor on exact numbers.
func (s Sums) divide(target, floor *big.Rat) Quotients {
	q := Quotients{Reliable: true, Verdict: NoData}
	if all := s.Measured + s.Unknown; all > 0 {
		q.Coverage = percent(s.Measured, all)
		q.Reliable = new(big.Rat).SetFrac64(100*s.Measured, all).Cmp(floor) >= 0
	}
	switch {
	case s.Measured == 0 && s.Unknown > 0:
	case s.Agreed == 0:
		q.Verdict = NotApplicable
	default:
		up, whole := s.Agreed*one-s.Lost, s.Agreed*one
		q.Availability, q.Verdict = percent(up, whole), Missed
		if new(big.Rat).Mul(big.NewRat(up, whole), hundred).Cmp(target) >= 0 {
			q.Verdict = Met
		}
	}
	if s.Restored > 0 {
		q.MTRS = mean(s.Restoring, s.Restored)
	}
	if s.Failures > 0 && q.Verdict != NoData {
		q.MTBF = mean(s.Agreed-s.Down, s.Failures)
		if s.Restored > 0 {
			q.MTBSI = mean((s.Agreed-s.Down)*s.Restored+s.Restoring*s.Failures, s.Failures*s.Restored)
		}
	}
	return q
}

// tell puts what was summed and divided into a result.
func (r *Result) tell(q Quotients) {
	s := r.Sums
	r.Agreed, r.Down, r.Maintenance, r.Excused, r.Unknown = s.Agreed, s.Down, s.Maintenance, s.Excused, s.Unknown
	r.Failures, r.Restored = s.Failures, s.Restored
	r.Availability, r.Verdict, r.Coverage, r.Reliable = q.Availability, q.Verdict, q.Coverage, q.Reliable
	r.MTRS, r.MTBF, r.MTBSI = q.MTRS, q.MTBF, q.MTBSI
	if s.Lost != s.Down*one {
		r.Lost = s.LostSeconds()
	}
}
