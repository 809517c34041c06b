package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"turnus/itsm/fault"
	"turnus/itsm/text"
)

// calcKinds are the figures that `turnus calc` computes, a function each: one
// case in, its result out.
var calcKinds = []struct {
	name string
	calc func(json.RawMessage) (any, error)
}{
	{"availability", calcAvailability},
	{"clock", calcClock},
	{"holidays", calcHolidays},
	{"slots", calcSlots},
}

// calcCommand is `turnus calc KIND`: the figures without the server.
func calcCommand() *cobra.Command {
	var kinds []string
	for _, k := range calcKinds {
		kinds = append(kinds, k.name)
	}
	return &cobra.Command{
		Use:       "calc KIND",
		Short:     "Compute figures from JSON Lines on stdin: " + strings.Join(kinds, ", "),
		ValidArgs: kinds,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usageError{fmt.Errorf("calc takes one kind: %s", strings.Join(kinds, ", "))}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return calc(args[0], cmd.InOrStdin(), cmd.OutOrStdout())
		},
	}
}

// calc reads one case a line and writes one result a line, in order. A case
// that can't be computed gives its error and the others go on; then calc
// fails at the end.
func calc(kind string, in io.Reader, out io.Writer) error {
	var kinds []string
	for _, k := range calcKinds {
		if k.name == kind {
			return calcLines(k.calc, bufio.NewReaderSize(in, 1<<16), bufio.NewWriter(out))
		}
		kinds = append(kinds, k.name)
	}
	return usageError{fmt.Errorf("unknown kind %q: use one of %s", kind, strings.Join(kinds, ", "))}
}

func calcLines(one func(json.RawMessage) (any, error), in *bufio.Reader, out *bufio.Writer) error {
	cases, failed := 0, 0
	for {
		line, err := in.ReadBytes('\n')
		if err != nil && err != io.EOF {
			return fmt.Errorf("reading the cases: %w", err)
		}
		if line = bytes.TrimSpace(line); len(line) > 0 {
			cases++
			answer, ok := calcCase(one, line)
			if !ok {
				failed++
			}
			if _, err := out.Write(append(answer, '\n')); err != nil {
				return fmt.Errorf("writing the results: %w", err)
			}
		}
		if err == io.EOF || in.Buffered() == 0 { // nobody waits for a full buffer
			if err := out.Flush(); err != nil {
				return fmt.Errorf("writing the results: %w", err)
			}
		}
		if err == io.EOF {
			break
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d cases can't be computed", failed, cases)
	}
	return nil
}

// calcCase computes one case; the answer begins with its id as it was given.
func calcCase(one func(json.RawMessage) (any, error), line []byte) (answer []byte, ok bool) {
	var head struct {
		ID json.RawMessage `json:"id"`
	}
	err := readJSON(line, &head)
	var result any
	if err == nil {
		result, err = one(line)
	}
	if err != nil {
		result = struct {
			Error calcError `json:"error"`
		}{describe(err)}
	}
	if head.ID == nil {
		head.ID = json.RawMessage("null")
	}
	body := asJSON(result)
	answer = append([]byte(`{"id":`), asJSON(head.ID)...)
	answer = append(append(answer, ','), body[1:]...)
	return answer, err == nil
}

// calcError is what stands in the place of a result.
type calcError struct {
	Code   string `json:"code"`
	Field  string `json:"field"`
	Detail string `json:"detail"`
}

// describe gives the first fault of an error; the others would come next.
func describe(err error) calcError {
	if f := fault.As(err); f != nil {
		return calcError{string(f.Code), f.Field, f.Message.String()}
	}
	return calcError{string(fault.Internal), "", "unexpected: " + err.Error()}
}

// asJSON encodes what is known to encode, without escapes for HTML.
func asJSON(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic("calc: result can't be encoded: " + err.Error())
	}
	return bytes.TrimSpace(b.Bytes())
}

// readJSON decodes into v; the error is a fault that names the field.
func readJSON(b []byte, v any) error {
	err := json.Unmarshal(b, v)
	if err == nil {
		return nil
	}
	var wrong *json.UnmarshalTypeError
	switch f := fault.As(err); {
	case f != nil:
		return f
	case errors.As(err, &wrong):
		return fault.Invalidf(wrong.Field, "a %s can't stand here", "%s kann hier nicht stehen", wrong.Value)
	}
	return fault.New(fault.Malformed, text.F("the line isn't JSON: %v", "die Zeile ist kein JSON: %v", err))
}
