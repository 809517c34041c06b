// Package rules words what was agreed (agreements and the calendars in which
// their clocks run), for all documents that speak of it, and says where two
// versions differ. It may import report and itsm.
//
//	for _, d := range rules.OfAgreement(before, now) { … } // d.Item, d.Before, d.Now
package rules
