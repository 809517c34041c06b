// Package drill is a continuity drill as it goes on (ISO/IEC 20000-1, 8.7.2):
// how it is planned (Setup), what is to be asked next as the record has it
// (Script), what it achieved (Result), and what a round of it stands on
// (Frozen). Whether an objective was proved package continuity says.
//
// It may import other packages of itsm below it; no wall clock.
package drill
