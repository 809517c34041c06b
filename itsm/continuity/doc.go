// Package continuity says what a plan for a service's recovery agrees (Plan), and
// judges whether a drill proved it (ISO/IEC 20000-1, 8.7.2; domain guide, section
// 5): what it achieved, counted from the disruption, against what was agreed.
//
// It may import the standard library, itsm/agreement, itsm/fault, itsm/resource,
// itsm/task and itsm/text. No wall clock: time is an argument.
package continuity
