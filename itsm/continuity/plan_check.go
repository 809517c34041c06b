package continuity

import (
	"math/big"
	"slices"
	"strings"
	"unicode/utf8"

	"turnus/itsm/agreement"
	"turnus/itsm/fault"
	"turnus/itsm/resource"
	"turnus/itsm/text"
)

// Bounds of a plan. They lie far above what anybody could carry out.
const (
	maxSteps    = 200 // of the plan, and as many back
	maxContacts = 60
	maxWays     = 10  // of reaching one contact
	maxBeside   = 100 // dependencies
	maxImpact   = 24  // steps of the impact analysis, and categories
	maxLine     = 200 // characters of what is one line
	maxText     = 4000
	maxLevel    = 9 // of impact

	maxDuration = agreement.Duration(366 * 24 * 3600)
)

// Check refuses what can't be, each violation by its field. Whether services and
// persons are there is looked up where they are; what is true and must be seen
// Assess says.
func (p Plan) Check() error {
	var c checks
	c.Add(resource.CheckName("service", p.Service))
	c.text("scenario", p.Scenario, text.New("say what has happened", "Angeben, was geschehen ist"))
	c.text("invocation", p.Invocation, text.New("say when the plan is invoked, and by whom", "Angeben, wann und durch wen der Plan ausgelöst wird"))
	c.text("offsite", p.Offsite, text.New("say where plan and contacts are read when the normal location can't be reached",
		"Angeben, wo Plan und Kontakte zu lesen sind, wenn der übliche Ort nicht erreichbar ist"))
	if p.Business == "" {
		c.missing("business", text.New("name the person who confirms the minimum level for the business",
			"Die Person nennen, die den Wiederanlauf für den Fachbereich bestätigt"))
	} else {
		c.Add(resource.CheckName("business", p.Business))
	}
	c.objectives(p)
	if p.Impact != nil {
		c.impact(*p.Impact)
	}
	c.bearable(p)
	c.dependencies(p)
	if b := p.Backup; b != nil {
		c.lasts("backup.every", &b.Every)
		c.lasts("backup.takes", &b.Takes)
	}
	c.contacts(p)
	c.steps(p)
	return c.Err()
}

// checks are those of a plan, with its own ways to look at parts of it.
type checks struct{ fault.List }

// objectives wants one at least, each within its bounds, and with the events that
// it is measured by.
func (c *checks) objectives(p Plan) {
	o := p.Objectives
	if o.RTO == nil && o.RPO == nil && o.MBCO == nil && o.Contacts == nil && o.Decide == nil {
		c.Say("objectives", "No objective is agreed: a drill of this plan would prove nothing. Give at least one of rto, rpo, mbco_pct, contacts_pct, decide.",
			"Es ist kein Ziel vereinbart: Eine Übung dieses Plans würde nichts nachweisen. Mindestens eines von rto, rpo, mbco_pct, contacts_pct, decide angeben.")
	}
	c.lasts("objectives.rto", o.RTO)
	c.base("objectives", o.RTO, o.From)
	if o.RPO != nil && *o.RPO != 0 { // 0: nothing may be lost
		c.lasts("objectives.rpo", o.RPO)
	}
	c.lasts("objectives.mtpd", o.MTPD)
	c.lasts("objectives.mtw", o.MTW)
	c.lasts("objectives.wrt", o.WRT)
	c.lasts("objectives.decide", o.Decide)
	c.percent("objectives.mbco_pct", o.MBCO)
	c.percent("objectives.contacts_pct", o.Contacts)
	if o.From == FromInvoked && !p.marks(Invoked) {
		c.Say("objectives.rto_from", "The RTO counts from invoked, and no step marks that event: mark it in the step that invokes the plan.",
			"Das RTO zählt ab invoked, und kein Schritt kennzeichnet dieses Ereignis: Bei dem Schritt angeben, der den Plan auslöst.")
	}
	if (o.RTO != nil || o.MBCO != nil) && !p.marks(Technical) {
		c.Say("steps", "rto or mbco_pct is agreed, and no step marks mbco_technical: mark it in the step after which the minimum level is there.",
			"rto oder mbco_pct ist vereinbart, und kein Schritt kennzeichnet mbco_technical: Bei dem Schritt angeben, nach dem der Wiederanlauf erreicht ist.")
	}
	if o.Contacts != nil && len(p.Contacts) == 0 {
		c.Say("contacts", "contacts_pct is agreed, and there is nobody to be called: give the contacts.",
			"contacts_pct ist vereinbart, und es gibt niemanden, der zu alarmieren wäre: Die Kontakte angeben.")
	}
}

// bearable wants the RTO to end before the impact can't be borne any more, as
// the plan says and as its impact analysis gives.
func (c *checks) bearable(p Plan) {
	rto := p.Objectives.RTO
	if rto == nil {
		return
	}
	if most := p.Objectives.MTPD; most != nil && *rto >= *most {
		c.Say("objectives.rto", "The RTO, %s, isn't below the MTPD, %s: nothing would be left between the objective and what can't be borne any more. Agree on a shorter one.",
			"Das RTO von %s liegt nicht unter der MTPD von %s: Zwischen dem Ziel und nicht mehr tragbaren Folgen bliebe keine Zeit. Ein kürzeres vereinbaren.", *rto, *most)
	}
	if p.Impact == nil || !p.Impact.bounded() { // which is refused, too
		return
	}
	if first, _ := p.Impact.MTPD(); first != nil && *rto >= *first {
		c.Say("objectives.rto", "The RTO, %s, isn't below %s, after which the impact analysis has it unacceptable: nothing would be left between the objective and what can't be borne any more. Agree on a shorter one.",
			"Das RTO von %s liegt nicht unter %s, ab denen die Folgen laut Business-Impact-Analyse nicht mehr tragbar sind: Zwischen beidem bliebe keine Zeit. Ein kürzeres vereinbaren.", *rto, *first)
	}
}

// dependencies wants each other service once.
func (c *checks) dependencies(p Plan) {
	c.most("dependencies", len(p.Dependencies), maxBeside)
	seen := map[string]bool{}
	for i, d := range p.Dependencies {
		at := resource.Item("dependencies", i)
		c.Add(resource.CheckName(at+".service", d.Service))
		if d.Service == p.Service {
			c.Say(at+".service", "%q is the service of this plan, which doesn't wait for itself: name another one, or leave this out.",
				"%q ist der Service dieses Plans und wartet nicht auf sich selbst: Einen anderen nennen oder die Angabe weglassen.", d.Service)
		}
		c.once(seen, at+".service", d.Service)
		c.lasts(at+".rto", d.RTO)
		c.base(at, d.RTO, d.From)
	}
}

// contacts wants each to be reached in some way, by its own name.
func (c *checks) contacts(p Plan) {
	c.most("contacts", len(p.Contacts), maxContacts)
	seen := map[string]bool{}
	for i, x := range p.Contacts {
		at := resource.Item("contacts", i)
		c.line(at+".name", x.Name, text.New("say who is called", "Angeben, wer alarmiert wird"))
		c.once(seen, at+".name", x.Name)
		c.line(at+".role", x.Role, text.New("say what they are called for", "Angeben, wofür alarmiert wird"))
		if x.Person != "" {
			c.Add(resource.CheckName(at+".person", x.Person))
		}
		way := text.New("give a way to reach them, as in phone +49 30 1234", "Einen Weg angeben, etwa Telefon +49 30 1234")
		if len(x.By) == 0 {
			c.missing(at+".by", way)
		}
		c.most(at+".by", len(x.By), maxWays)
		for n, by := range x.By {
			c.line(resource.Item(at+".by", n), by, way)
		}
		c.within(at, x, p)
	}
}

// within wants a contact's deadline to name an event that there is.
func (c *checks) within(at string, x Contact, p Plan) {
	c.lasts(at+".within", x.Within)
	switch from := append([]Event{Disruption, Confirmed}, Markable()...); {
	case x.Within == nil && x.From == "":
	case x.Within == nil:
		c.Say(at+".from", "Nothing counts from this: give within, too, or leave this out.", "Ab hier zählt nichts: Auch within angeben oder die Angabe weglassen.")
	case x.From == "":
		c.Say(at+".from", "This is missing: %s is a deadline only with the event that it counts from.", "Das fehlt: %s ist erst mit dem Ereignis eine Frist, ab dem gezählt wird.", *x.Within)
	case !slices.Contains(from, x.From):
		c.Say(at+".from", "%.40q is no event that this counts from; there are %s.", "Ab %.40q zählt diese Frist nicht; es gibt %s.", string(x.From), text.List(from))
	case x.From != Disruption && x.From != Confirmed && !p.marks(x.From):
		c.Say(at+".from", "The deadline counts from %s, and no step marks that event: mark it in a step, or count from disruption.",
			"Die Frist zählt ab %s, und kein Schritt kennzeichnet dieses Ereignis: Bei einem Schritt angeben oder ab disruption zählen.", string(x.From))
	}
}

// base wants an RTO to say what it counts from, and only that to be said.
func (c *checks) base(at string, rto *agreement.Duration, from Base) {
	switch at += ".rto_from"; {
	case rto == nil && from == "":
	case rto == nil:
		c.Say(at, "Nothing counts from this: give rto, too, or leave this out.", "Ab hier zählt nichts: Auch rto angeben oder die Angabe weglassen.")
	case from == "":
		c.Say(at, "This is missing: %s is a deadline only with the event that it counts from, disruption or invoked.",
			"Das fehlt: %s ist erst mit dem Ereignis eine Frist, ab dem gezählt wird, disruption oder invoked.", *rto)
	case from != FromDisruption && from != FromInvoked:
		c.Say(at, "%.40q is no event that an RTO counts from: use disruption or invoked.", "Ab %.40q zählt kein RTO: disruption oder invoked angeben.", string(from))
	}
}

// lasts wants a duration, where there is one, to be longer than 0.
func (c *checks) lasts(at string, d *agreement.Duration) {
	if d != nil && (*d <= 0 || *d > maxDuration) {
		c.Say(at, "%s isn't a time that this can take: use more than 0 and at most P366D.", "%s kommt als Dauer nicht in Frage: Mehr als 0 und höchstens P366D angeben.", *d)
	}
}

func (c *checks) percent(at string, x *agreement.Decimal) {
	if x == nil {
		return
	}
	if r := x.Rat(); r == nil || r.Sign() <= 0 || r.Cmp(big.NewRat(100, 1)) > 0 {
		c.Say(at, "%.40s isn't a percentage: use a decimal above 0 and up to 100, as in 60.", "%.40s ist kein Prozentsatz: Eine Dezimalzahl über 0 bis 100 angeben, etwa 60.", string(*x))
	}
}

func (c *checks) most(at string, n, most int) {
	if n > most {
		c.Say(at, "These are %d, and %d are the most.", "Das sind %d, und mehr als %d sind nicht möglich.", n, most)
	}
}

// once wants a name that isn't empty to stand only here.
func (c *checks) once(seen map[string]bool, at, name string) {
	if name != "" && seen[name] {
		c.Say(at, "%.80q stands more than once.", "%.80q steht mehr als einmal da.", name)
	}
	seen[name] = true
}

func (c *checks) missing(at string, right text.Text) {
	c.Say(at, "This is missing: %s.", "Das fehlt: %s.", right)
}

// text wants one of any number of lines, line wants one line.
func (c *checks) text(at, s string, right text.Text) {
	c.said(at, s, maxText, right, func(r rune) bool { return r != '\n' && r != '\t' && text.Control(r) })
}

func (c *checks) line(at, s string, right text.Text) { c.said(at, s, maxLine, right, text.Control) }

func (c *checks) said(at, s string, most int, right text.Text, forbidden func(rune) bool) {
	switch {
	case strings.TrimSpace(s) == "":
		c.missing(at, right)
	case resource.CheckText(at, s) != nil:
		c.Add(resource.CheckText(at, s))
	case utf8.RuneCountInString(s) > most:
		c.Say(at, "These are more than %s characters: say it in fewer.", "Das sind mehr als %s Zeichen: Kürzer fassen.", text.Number(int64(most)))
	case strings.ContainsFunc(s, forbidden):
		c.Say(at, "The text holds characters that control a display: take them out.", "Der Text enthält Steuerzeichen: Diese entfernen.")
	}
}
