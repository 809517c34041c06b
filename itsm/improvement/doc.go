// Package improvement is the register of findings and what becomes of them:
// correction, cause, actions, and whether these worked (ISO/IEC 20000-1:2018,
// 10.1 and 10.2). It imports other packages of itsm only.
//
//	plan := improvement.ReadPlan(answer.Fields)
//	m, err := improvement.Judge(plan.Actions[0], before, after)
package improvement
