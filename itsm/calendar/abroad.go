package calendar

import (
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/at"
	"github.com/rickar/cal/v2/be"
	"github.com/rickar/cal/v2/ch"
	"github.com/rickar/cal/v2/cz"
	"github.com/rickar/cal/v2/dk"
	"github.com/rickar/cal/v2/fr"
	"github.com/rickar/cal/v2/gb"
	"github.com/rickar/cal/v2/ie"
	"github.com/rickar/cal/v2/it"
	"github.com/rickar/cal/v2/nl"
	"github.com/rickar/cal/v2/no"
	"github.com/rickar/cal/v2/pl"
	"github.com/rickar/cal/v2/se"
	"github.com/rickar/cal/v2/us"
)

// addOthers takes other countries' lists, less what isn't a holiday by law or
// not in all of the region.
func addOthers(m map[string][]*cal.Holiday) {
	m["AT"], m["BE"], m["CZ"] = at.Holidays, be.Holidays, cz.Holidays
	m["DK"] = without(dk.Holidays, dk.Grundlovsdag) // Constitution Day is half a day
	m["FR"], m["IE"] = fr.Holidays, ie.Holidays
	m["IT"] = append(without(it.Holidays), from(2026, time.October, 4, "San Francesco d'Assisi")) // law 151 of 2025
	m["NL"] = without(nl.Holidays, nl.GoedeVrijdag)
	m["NO"], m["SE"], m["US"] = no.Holidays, se.Holidays, us.Holidays

	m["PL"] = append(without(pl.Holidays), from(2025, time.December, 24, "Wigilia Bożego Narodzenia"))

	england := append(without(gb.Holidays), once(2022, time.September, 19, "State Funeral of Queen Elizabeth II"))
	m["GB-ENG"], m["GB-WLS"] = england, england
	m["GB"] = without(england, gb.EasterMonday, gb.SummerHoliday) // Scotland has others

	// Each canton has its own; these four all of them keep.
	m["CH"] = []*cal.Holiday{ch.Neujahr, ch.Auffahrt, ch.Bundesfeiertag, ch.Weihnachtstag}
	for canton, list := range map[string][]*cal.Holiday{
		"AG": ch.HolidaysAG, "AI": ch.HolidaysAI, "AR": ch.HolidaysAR, "BE": ch.HolidaysBE, "BL": ch.HolidaysBL,
		"BS": ch.HolidaysBS, "FR": ch.HolidaysFR, "GE": ch.HolidaysGE, "GL": ch.HolidaysGL, "GR": ch.HolidaysGR,
		"JU": ch.HolidaysJU, "LU": ch.HolidaysLU, "NE": ch.HolidaysNE, "NW": ch.HolidaysNW, "OW": ch.HolidaysOW,
		"SG": ch.HolidaysSG, "SH": ch.HolidaysSH, "SO": ch.HolidaysSO, "SZ": ch.HolidaysSZ, "TG": ch.HolidaysTG,
		"TI": ch.HolidaysTI, "UR": ch.HolidaysUR, "VD": ch.HolidaysVD, "VS": ch.HolidaysVS, "ZG": ch.HolidaysZG,
		"ZH": ch.HolidaysZH,
	} {
		m["CH-"+canton] = list
	}
}

// from is a holiday that a law made from a year on.
func from(year int, month time.Month, day int, name string) *cal.Holiday {
	h := once(year, month, day, name)
	h.EndYear = 0
	return h
}
