package main

// usageError is a wrong use of the command line: exit code 2.
type usageError struct{ error }

// Unwrap gives what was wrong.
func (e usageError) Unwrap() error { return e.error }
