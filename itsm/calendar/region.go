package calendar

import "turnus/itsm/text"

// InRegion says of a region's code where that is, to stand behind what applies
// there: in Berlin. A code that has no name here is given back as it is.
func InRegion(code string) text.Text {
	if where, ok := places()[code]; ok {
		return where
	}
	return text.Same(code)
}

// places are the regions of which public holidays are known.
func places() map[string]text.Text {
	in := func(en, de string) text.Text { return text.New("in "+en, "in "+de) }
	same := func(name string) text.Text { return in(name, name) }
	canton := func(en, de string) text.Text { return text.New("in the canton of "+en, "im Kanton "+de) }
	return map[string]text.Text{
		"AT": in("Austria", "Österreich"), "BE": in("Belgium", "Belgien"), "CH": in("Switzerland", "der Schweiz"),
		"CZ": in("Czechia", "Tschechien"), "DE": in("Germany", "Deutschland"), "DK": in("Denmark", "Dänemark"),
		"FR": in("France", "Frankreich"), "GB": in("the United Kingdom", "Großbritannien und Nordirland"),
		"GB-ENG": same("England"), "GB-WLS": same("Wales"), "IE": in("Ireland", "Irland"), "IT": in("Italy", "Italien"),
		"NL": in("the Netherlands", "den Niederlanden"), "NO": in("Norway", "Norwegen"), "PL": in("Poland", "Polen"),
		"SE": in("Sweden", "Schweden"), "US": in("the United States", "den Vereinigten Staaten"),

		"DE-BB": same("Brandenburg"), "DE-BE": same("Berlin"), "DE-BW": same("Baden-Württemberg"), "DE-BY": in("Bavaria", "Bayern"),
		"DE-HB": same("Bremen"), "DE-HE": in("Hesse", "Hessen"), "DE-HH": same("Hamburg"),
		"DE-MV": in("Mecklenburg-Western Pomerania", "Mecklenburg-Vorpommern"), "DE-NI": in("Lower Saxony", "Niedersachsen"),
		"DE-NW": in("North Rhine-Westphalia", "Nordrhein-Westfalen"), "DE-RP": in("Rhineland-Palatinate", "Rheinland-Pfalz"),
		"DE-SH": same("Schleswig-Holstein"), "DE-SL": text.New("in Saarland", "im Saarland"), "DE-SN": in("Saxony", "Sachsen"),
		"DE-ST": in("Saxony-Anhalt", "Sachsen-Anhalt"), "DE-TH": in("Thuringia", "Thüringen"),

		"CH-AG": canton("Aargau", "Aargau"), "CH-AI": canton("Appenzell Innerrhoden", "Appenzell Innerrhoden"),
		"CH-AR": canton("Appenzell Ausserrhoden", "Appenzell Ausserrhoden"), "CH-BE": canton("Bern", "Bern"),
		"CH-BL": canton("Basel-Landschaft", "Basel-Landschaft"), "CH-BS": canton("Basel-Stadt", "Basel-Stadt"),
		"CH-FR": canton("Fribourg", "Freiburg"), "CH-GE": canton("Geneva", "Genf"), "CH-GL": canton("Glarus", "Glarus"),
		"CH-GR": canton("Grisons", "Graubünden"), "CH-JU": canton("Jura", "Jura"), "CH-LU": canton("Lucerne", "Luzern"),
		"CH-NE": canton("Neuchâtel", "Neuenburg"), "CH-NW": canton("Nidwalden", "Nidwalden"), "CH-OW": canton("Obwalden", "Obwalden"),
		"CH-SG": canton("St. Gallen", "St. Gallen"), "CH-SH": canton("Schaffhausen", "Schaffhausen"), "CH-SO": canton("Solothurn", "Solothurn"),
		"CH-SZ": canton("Schwyz", "Schwyz"), "CH-TG": canton("Thurgau", "Thurgau"), "CH-TI": canton("Ticino", "Tessin"),
		"CH-UR": canton("Uri", "Uri"), "CH-VD": canton("Vaud", "Waadt"), "CH-VS": canton("Valais", "Wallis"),
		"CH-ZG": canton("Zug", "Zug"), "CH-ZH": canton("Zurich", "Zürich"),
	}
}
