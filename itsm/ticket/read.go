package ticket

import "turnus/itsm/packed"

// Read fills in what a packed history tells: opening, first and last instant,
// fields and events, void ones left out. Service, number, import, flag and hash
// are left as they are: the history doesn't know them, or a hash would have to
// be computed. Instants are whole seconds, in UTC.
func (v *Version) Read(history []byte) error {
	stored, err := Unpack(history)
	if err != nil {
		return err
	}
	told := History(stored)
	if len(told) == 0 {
		return packed.Err
	}
	end := told[len(told)-1]
	v.Opened, v.First, v.Last = stored[0].At, told[0].At, Never()
	if end.Stopped {
		v.Last = end.At
	}
	v.Events, v.Fields = told, fold(told)
	return nil
}

// fold gives the fields after the last event. Where none changes after the
// opening they are the opening's own map: nobody writes to either.
func fold(told []Event) map[string]string {
	fields := told[0].Fields
	own := false
	for _, e := range told[1:] {
		if len(e.Fields) == 0 {
			continue
		}
		if !own {
			own = true
			all := make(map[string]string, len(fields)+len(e.Fields))
			for name, value := range fields {
				all[name] = value
			}
			fields = all
		}
		for name, value := range e.Fields {
			if value == "" {
				delete(fields, name)
			} else {
				fields[name] = value
			}
		}
	}
	if fields == nil {
		return map[string]string{}
	}
	return fields
}
