package main

import (
	"fmt"
	"go/types"
	"strconv"
	"strings"

	"turnus/internal/textcheck/words"
)

// check says what is wrong with a format string, and notes which arguments it
// uses. Package fmt's own rules hold: without a place a verb takes the argument
// after the one before, and where no verb has a place all arguments are used.
func check(format string, args []types.Type, used []bool) (faults []string) {
	next, placed := 0, false
	for _, m := range words.Verb.FindAllStringSubmatch(format, -1) {
		if m[2] == "%" {
			continue
		}
		if m[1] != "" {
			placed = true
			n, err := strconv.Atoi(m[1])
			if err != nil || n < 1 {
				faults = append(faults, fmt.Sprintf("has %s, and arguments are counted from 1", m[0]))
				continue
			}
			next = n - 1
		}
		if next >= len(args) {
			faults = append(faults, fmt.Sprintf("has %s, and there are %d arguments", m[0], len(args)))
			next++
			continue
		}
		used[next] = true
		if why := misfit(m[2], args[next]); why != "" {
			faults = append(faults, fmt.Sprintf("has %s for argument %d, %s", m[0], next+1, why))
		}
		next++
	}
	if !placed && next < len(args) {
		faults = append(faults, fmt.Sprintf("uses %d of %d arguments: give each verb its place, as in %%[2]s", next, len(args)))
	}
	return faults
}

// misfit says why a verb isn't one for a type; empty: it is.
func misfit(verb string, t types.Type) string {
	var kinds types.BasicInfo
	switch verb {
	case "v", "T":
		return ""
	case "d", "b", "o", "c", "U":
		kinds = types.IsInteger
	case "x", "X":
		kinds = types.IsInteger | types.IsString | types.IsFloat
	case "e", "E", "f", "F", "g", "G":
		kinds = types.IsFloat
	case "t":
		kinds = types.IsBoolean
	case "s", "q":
		kinds = types.IsString
	default:
		return "which isn't a verb"
	}
	if fits(t, kinds, verb) {
		return ""
	}
	return "which is " + strings.ReplaceAll(t.String(), "turnus/", "")
}

// fits says whether a value of a type can be formatted as one of these kinds.
func fits(t types.Type, kinds types.BasicInfo, verb string) bool {
	if (verb == "s" || verb == "q" || verb == "x" || verb == "X") && (hasMethod(t, "Error") || hasMethod(t, "String")) {
		return true
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Info()&kinds != 0 || verb == "q" && u.Info()&types.IsInteger != 0 || u.Kind() == types.UntypedNil
	case *types.Slice:
		if b, ok := u.Elem().Underlying().(*types.Basic); ok && b.Kind() == types.Byte && kinds&types.IsString != 0 {
			return true
		}
		return fits(u.Elem(), kinds, verb)
	case *types.Array:
		return fits(u.Elem(), kinds, verb)
	case *types.Interface:
		return true // what is in it shows at run time only
	case *types.TypeParam:
		return true
	}
	return false
}

func hasMethod(t types.Type, name string) bool {
	m, _, _ := types.LookupFieldOrMethod(t, true, nil, name)
	f, ok := m.(*types.Func)
	if !ok {
		return false
	}
	sig := f.Type().(*types.Signature)
	return sig.Params().Len() == 0 && sig.Results().Len() == 1 && types.Identical(sig.Results().At(0).Type(), types.Typ[types.String])
}
