package a

import "errors"

type state string

func (s state) String() string { return string(s) }

type size struct{ n int }

func F(en, de string, args ...any) string { return "" }

type list struct{}

func (list) Say(field, en, de string, args ...any) {}

func fine(names []string, from string) {
	F("%d tickets", "%d Tickets", 3)
	F("%s of %s", "%[2]s: %[1]s", "a", state("b"))
	F("%.200s isn't %% of %q: %v", "%.200s ist\u202f%% von %q: %s", "a", 'b', names)
	F("%[1]s is a %[2]s", "%[1]s ist: %[3]s", "a", "month", "Monat")
	F("%s: %[2]v", "%[1]s", errors.New("x"), size{})
	F("nothing", "nichts")
	F(from, "%d", 1)
	F("%s", "%s", names)
	list{}.Say("%d", "%.12s…", "%.12s…", []byte("a"))
}

func wrong(names []string, args ...any) {
	F("%s tickets", "%d Tickets", 3)              // want `the English text has %s for argument 1, which is int`
	F("%d tickets", "%s Tickets", 3)              // want `the German text has %s for argument 1, which is int`
	F("%d of %d", "%d von %d", 3)                 // want `the English text has %d, and there are 1 arguments` `the German text has %d, and there are 1 arguments`
	F("%s", "%s %s", "a", "b")                    // want `the English text uses 1 of 2 arguments`
	F("%[1]s", "%[1]s", "a", "b")                 // want `neither text uses argument 2`
	F("%[3]s", "%[1]s %[2]s", "a", "b")           // want `the English text has %\[3\]s, and there are 2 arguments`
	F("%k", "%s", "a")                            // want `the English text has %k for argument 1, which isn't a verb`
	F("%d", "%d", names)                          // want `the English text has %d for argument 1, which is \[\]string` `the German text`
	list{}.Say("field", "%t", "%s", state("due")) // want `the English text has %t for argument 1, which is a.state`
	F("%s", "%s", args...)
	bad := func(en, de string, args ...any) {}
	bad("%d", "%s", "a") // want `the English text has %d for argument 1, which is string`
}

func german(en, de string) {}

type Text struct{}

// phase has words for all of its constants but one.
type phase string

const (
	begun phase = "begun"
	ended phase = "ended" // want `ended has no word for people`
)

func (p phase) Title() Text {
	if p == begun {
		return Text{}
	}
	return Text{}
}

// code is for programs: its Title is no text.
type code string

const unknown code = "unknown"

func (c code) Title() string { return "" }

func words() {
	german("Bytes, please", "5 Byte in 30\u202fs, zum Zeitraum mit Status. Sie gelten zu 95\u202f%: siehe %d von %s %.40q")
	german("", "")
	german("x", "für die Genehmigenden") // want `the German text says "Genehmig"; here it is: Freigabe, Freigabeberechtigte`
	german("x", "bitte warten")          // want `"bitte"; here it is: the infinitive alone`
	german("x", "höchstens 5 Bytes")     // want `"5 Bytes"`
	german("x", "was Sie haben")         // want `"s Sie"`
	german("x", "Sie können gehen")      // want `"Sie können"`
	german("x", "er oder sie")           // want `"er oder sie"`
	german("x", "das ist: %[2]v")        // want `"%\[2\]v"; here it is: %s, or text.List`
	german("x", "zu 95 %% in 30 s")      // want `"5 %%"`
	german("x", "in %d min")             // want `"%d min"`
	german("x", "eingefroren")           // want `here it is: festgeschrieben`
	german("x", "")                      // want `the German text is missing`
}
