package availabilityreview

import "turnus/itsm/text"

// Title says it to people, in a part of a sentence.
func (w Why) Title() text.Text {
	switch w {
	case WhyEither:
		return text.New("what either source says counts", "es zählt, was eine der beiden Quellen sagt")
	case WhyRecordedAlone:
		return text.New("the record counts, and there are no samples then", "es zählen die erfassten Ausfälle, Messwerte fehlen hier")
	case WhyRecorded:
		return text.New("the record counts, though the samples say up", "es zählen die erfassten Ausfälle, auch wenn die Messwerte keinen Ausfall zeigen")
	case WhyNotRecording:
		return text.New("the record counts, and wasn't kept then", "es zählen die erfassten Ausfälle, hier wurden keine erfasst")
	case WhyNotRecorded:
		return text.New("the record counts, and has no outage then", "es zählen die erfassten Ausfälle, hier ist keiner erfasst")
	case WhyRecordedInGap:
		return text.New("samples count, and where there are none the record does", "es zählen die Messwerte und dort, wo sie fehlen, die erfassten Ausfälle")
	case WhySeenUp:
		return text.New("samples count, and they say up", "es zählen die Messwerte, sie zeigen hier keinen Ausfall")
	case WhySeenDown:
		return text.New("samples count, whatever is on record", "es zählen die Messwerte, unabhängig von erfassten Ausfällen")
	}
	return text.Same(string(w))
}
