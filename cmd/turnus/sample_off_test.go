//go:build !sample

package main

// buildTags are those that the tests were built with.
const buildTags = ""
