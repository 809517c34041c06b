package task_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/task"
)

// Every way in which up to five persons can share out starting, owning,
// proposing, importing, declaring, the issuing of the tokens for it, deciding,
// and the issuing of the decider's token; persons are told apart only by what
// they do, so each division of the parts among them is looked at once. Owner
// and decider are always somebody; who did nothing needs no token.
//
// What is right is said here another way than in the rule: not who may, but
// whose word a decision would be, and what each of them must not have done.
func TestFourEyes(t *testing.T) {
	const persons = "abcde"
	parts := [11]int{} // of each part the person, -1: nobody
	const (
		starter = iota
		starting
		owner
		proposer
		proposing
		importer
		importing
		declarer
		declaring
		decider
		deciding
	)
	name := func(part int) string {
		if parts[part] < 0 {
			return ""
		}
		return persons[parts[part] : parts[part]+1]
	}
	all := task.People{Specs: map[string]person.Spec{}}
	for i := range persons {
		all.Approvers, all.Specs[persons[i:i+1]] = append(all.Approvers, persons[i:i+1]), able
	}
	involved := make([]task.Involvement, 0, 16)
	add := func(by, issuer int, how task.How, about string) {
		if parts[by] >= 0 {
			involved = append(involved, task.Involvement{Person: name(by), How: how, About: about})
		}
		if issuer >= 0 && parts[issuer] >= 0 {
			involved = append(involved, task.Involvement{Person: name(issuer), How: how, Issued: true, About: about})
		}
	}
	n, refused, byToken := 0, 0, 0
	look := func() {
		n++
		involved = involved[:0]
		add(starter, starting, task.Started, "")
		add(owner, -1, task.Owned, "")
		add(proposer, proposing, task.Proposed, "exclusion/desk/1")
		add(importer, importing, task.Imported, "import/1")
		add(declarer, declaring, task.Declared, "Agreement/gold")
		p := all
		p.Involved = involved

		// Had the person who decides, or whoever gave them the token, an interest
		// of their own, nobody else would have decided; had the person a part in
		// what the figures come from, they would judge themselves.
		interest := func(who int) bool {
			return who >= 0 && (who == parts[starter] || who == parts[owner] || who == parts[proposer])
		}
		judgesThemself := false
		for part, who := range parts[:decider] {
			judgesThemself = judgesThemself || who == parts[decider] && part != owner && part != starter && part != proposer
		}
		may := p.MayWith(name(decider), name(deciding)) == nil
		if may == (interest(parts[decider]) || interest(parts[deciding]) || judgesThemself) {
			t.Fatalf("starter %q by %q, owner %q, proposer %q by %q, importer %q by %q, declarer %q by %q: %q decides with a token of %q: %v",
				name(starter), name(starting), name(owner), name(proposer), name(proposing), name(importer), name(importing),
				name(declarer), name(declaring), name(decider), name(deciding), may)
		}
		if !may {
			refused++
		}
		if may && parts[deciding] >= 0 && p.May(name(deciding)) != nil {
			byToken++ // somebody who may not themselves gave the token
		}
	}
	mandatory := func(part int) bool { return part == owner || part == decider }
	tokenOf := map[int]int{starting: starter, proposing: proposer, importing: importer, declaring: declarer, deciding: decider}
	var share func(part, known int)
	share = func(part, known int) {
		if part == len(parts) {
			look()
			return
		}
		first := -1
		if mandatory(part) {
			first = 0
		}
		last := min(known, len(persons)-1) // one of those known, or the next
		if by, token := tokenOf[part]; token && parts[by] < 0 {
			last = -1
		}
		for who := first; who <= last; who++ {
			parts[part] = who
			share(part+1, max(known, who+1))
		}
	}
	share(0, 0)
	t.Logf("%d ways, %d refused, %d with a token from somebody concerned", n, refused, byToken)
	require.Greater(t, refused, n/2)
	require.Positive(t, byToken)
}

// Whether anybody could decide follows from whether each could.
func TestDecidableMeansThatSomebodyMay(t *testing.T) {
	hows := []task.Involvement{{}, {How: task.Started}, {How: task.Started, Issued: true}, {How: task.Owned}, {How: task.Proposed, About: "Waiver/x"},
		{How: task.Imported, About: "import/1"}, {How: task.Declared, About: "Service/x"}, {How: task.Declared, About: "Service/x", Issued: true}}
	for _, a := range hows {
		for _, b := range hows {
			p := task.People{Approvers: []string{"a", "b"}, Specs: map[string]person.Spec{"a": able, "b": able}}
			var want []string
			for who, i := range map[string]task.Involvement{"a": a, "b": b} {
				if i.How != "" {
					i.Person = who
					p = p.With(i)
				}
			}
			for _, who := range p.Approvers {
				if p.May(who) == nil {
					want = append(want, who)
				}
			}
			require.ElementsMatch(t, want, p.Eligible())
			require.Equal(t, len(want) == 0, fault.Is(p.Decidable(), fault.Invalid))
		}
	}
}
