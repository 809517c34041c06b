package continuity_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/text"
)

// What is true and must be seen is accepted, and said with its numbers.
func TestDoubts(t *testing.T) {
	for name, c := range map[string]struct {
		replaced []string
		want     []string
		says     text.Text
	}{
		"dependency and restart exactly within RTO": {[]string{`"network", "rto": "PT1H"`, `"network", "rto": "PT1H15M"`}, nil, text.Text{}},
		"guide 5.1, dependency 4 h, restart 1 h, RTO 4 h": {[]string{`"rto": "PT3H"`, `"rto": "PT4H"`, `"network", "rto": "PT1H"`, `"network", "rto": "PT4H"`, `"takes": "PT1H"`, `"takes": "PT15M"`}, []string{"dependencies"}, text.New(
			"The service network, which has to be there first, may take 4\u202fh, and the own restart takes 1\u202fh after that: 5\u202fh together are more than the RTO of 4\u202fh.",
			"Der Service network, der zuerst verfügbar sein muss, darf 4\u202fh brauchen, und der eigene Wiederanlauf dauert danach 1\u202fh: Zusammen sind das 5\u202fh und damit mehr als das RTO von 4\u202fh.")},
		"the largest of several, since an RTO contains its own": {[]string{`"dependencies": [`, `"dependencies": [{"service": "power", "rto": "PT1H15M", "rto_from": "disruption"},`}, nil, text.Text{}},
		"a dependency without RTO": {[]string{`"network", "rto": "PT1H", "rto_from": "disruption"`, `"network"`}, []string{"dependency-unknown/network"}, text.New(
			"No RTO is known of the service network, which has to be there first: whether it leaves enough of the RTO of 3\u202fh can't be told.",
			"Vom Service network, der zuerst verfügbar sein muss, ist kein RTO bekannt: Ob das RTO von 3\u202fh damit zu halten ist, lässt sich nicht sagen.")},
		"another base isn't compared": {[]string{`"network", "rto": "PT1H", "rto_from": "disruption"`, `"network", "rto": "PT9H", "rto_from": "invoked"`}, []string{"dependency-base/network"}, text.New(
			"The RTO of the service network, 9\u202fh, counts from another event (\"plan invoked\") than that of this plan (\"disruption\"): the two can't be compared.",
			"Das RTO des Service network, 9\u202fh, zählt ab einem anderen Ereignis („Plan ausgelöst“) als das dieses Plans („Störung“): Beide lassen sich nicht vergleichen.")},
		"the restart alone": {[]string{`"dependencies": [{"service": "network", "rto": "PT1H", "rto_from": "disruption"}]`, `"dependencies": []`, `"takes": "PT1H"`, `"takes": "PT2H16M"`}, []string{"restart"}, text.New(
			"The steps up to the minimum level are expected to take 3\u202fh 1\u202fmin, longer than the RTO of 3\u202fh: invoke → restore → open.",
			"Die Schritte bis zum Wiederanlauf dauern voraussichtlich 3\u202fh 1\u202fmin und damit länger als das RTO von 3\u202fh: invoke → restore → open.")},
		"backup": {[]string{`"every": "PT45M"`, `"every": "PT46M"`}, []string{"backup"}, text.New(
			"A backup begins every 46\u202fmin and takes 15\u202fmin: at worst the data that comes back is 1\u202fh 1\u202fmin old, more than the RPO of 1\u202fh.",
			"Alle 46\u202fmin beginnt eine Sicherung, und sie dauert 15\u202fmin: Die Daten sind im ungünstigsten Fall 1\u202fh 1\u202fmin alt und damit älter, als das RPO von 1\u202fh zulässt.")},
		"no backup": {[]string{`"backup": {"every": "PT45M", "takes": "PT15M"},`, ``}, []string{"backup-unknown"}, text.New(
			"An RPO of 1\u202fh is agreed, and the plan doesn't say how often the data is backed up: whether the RPO can be kept can't be told.",
			"Es ist ein RPO von 1\u202fh vereinbart, und der Plan sagt nicht, wie oft die Daten gesichert werden: Ob es zu halten ist, lässt sich nicht sagen.")},
		"catching up exactly within MTPD": {[]string{`"wrt": "PT2H"`, `"wrt": "PT5H"`}, nil, text.Text{}},
		"catching up": {[]string{`"wrt": "PT2H"`, `"wrt": "PT6H"`}, []string{"catch-up"}, text.New(
			"The RTO of 3\u202fh and 6\u202fh to catch up come to 9\u202fh, later than the impact can be borne, 8\u202fh.",
			"Das RTO von 3\u202fh und 6\u202fh zum Nacharbeiten ergeben 9\u202fh: Tragbar sind die Folgen nur 8\u202fh lang.")},
		"an MTPD later than the analysis has it, which catching up is held against": {[]string{`"PT4H": 1`, `"PT4H": 3`}, []string{"impact", "catch-up"}, text.New(
			"The MTPD of 8\u202fh is later than 4\u202fh, from which the impact analysis has the impact unacceptable.",
			"Die MTPD von 8\u202fh liegt nach 4\u202fh, ab denen die Folgen laut Business-Impact-Analyse nicht mehr tragbar sind.")},
		"a cell left out before": {[]string{`"PT1H": 0, "PT4H": 1`, `"PT4H": 1`}, []string{"impact-unknown"}, text.New(
			"Impact analysis: one cell is left out, Law at 1\u202fh, before it is unacceptable from 24\u202fh on. What isn't known isn't 0: the MTPD may be earlier.",
			"Business-Impact-Analyse: Eine Angabe fehlt, Law nach 1\u202fh, und ab 24\u202fh sind die Folgen nicht mehr tragbar. Was nicht bekannt ist, ist nicht 0: Die MTPD kann früher liegen.")},
		"several left out, and none unacceptable": {[]string{`"PT24H": 3`, `"PT24H": 2`, `"PT1H": 0, "PT4H": 1`, `"PT4H": 1`}, []string{"impact-unknown"}, text.New(
			"Impact analysis: 2 cells are left out, the first of them Law at 1\u202fh, and none that is known is unacceptable. From when on the impact can't be borne any more isn't known.",
			"Business-Impact-Analyse: 2 Angaben fehlen, die erste davon Law nach 1\u202fh, und keine bekannte ist untragbar. Ab wann die Folgen nicht mehr tragbar sind, ist damit offen.")},
		"no MTPD but that of the analysis": {[]string{`"mtpd": "PT8H", `, ``, `"PT4H": 1`, `"PT4H": 3`}, []string{"catch-up"}, text.New(
			"The RTO of 3\u202fh and 2\u202fh to catch up come to 5\u202fh, later than the impact can be borne, 4\u202fh.",
			"Das RTO von 3\u202fh und 2\u202fh zum Nacharbeiten ergeben 5\u202fh: Tragbar sind die Folgen nur 4\u202fh lang.")},
	} {
		t.Run(name, func(t *testing.T) {
			p := planned(t, c.replaced...)
			require.NoError(t, p.Check())
			var keys []string
			for _, d := range p.Assess() {
				keys = append(keys, d.Key)
			}
			require.Equal(t, c.want, keys)
			if len(keys) > 0 {
				require.Equal(t, c.says, p.Assess()[0].Text)
			}
		})
	}
}

// An MTPD that isn't known for sure is said with the step that is.
func TestMTPDOfAnAnalysis(t *testing.T) {
	p := planned(t, `"PT1H": 0, "PT4H": 1`, `"PT4H": 3`)
	first, sure := p.Impact.MTPD()
	require.Equal(t, *lasting(t, "PT4H"), *first)
	require.False(t, sure)
	p = planned(t, `"PT24H": 3}`, `"PT24H": 2}`, `"PT4H": 1}`, `"PT4H": 1, "P1D": 2}`)
	first, sure = p.Impact.MTPD()
	require.Nil(t, first)
	require.True(t, sure, "each cell is known, and none is unacceptable")
}
