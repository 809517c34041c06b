// Package improvement is the register of findings and what becomes of them:
// correction, cause, actions, and whether these worked (ISO/IEC 20000-1:2018,
// 10.1 and 10.2). It imports other packages of itsm only.
//
//	plan, err := improvement.ReadPlan(answer.Fields, 1)
//	verdict := improvement.Judge(plan.Actions[0], before.Share(), after)
package improvement
