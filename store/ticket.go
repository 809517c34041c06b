package store

import (
	"context"
	"database/sql"
	"errors"
	"strconv"

	"turnus/itsm/dataset"
	"turnus/itsm/fault"
	"turnus/itsm/text"
)

// Imports lists a service's imports, newest first.
func (s *Store) Imports(ctx context.Context, service string, p Page) ([]dataset.Import, string, error) {
	before, err := p.number(1 << 62)
	if err != nil {
		return nil, "", err
	}
	var rows []importRow
	if err := s.db.SelectContext(ctx, &rows, importSelect+`
		WHERE i.service = $1 AND i.id < $2 ORDER BY i.id DESC LIMIT $3`, service, before, p.limit()+1); err != nil {
		return nil, "", mapped(err)
	}
	list := make([]dataset.Import, len(rows))
	for i, r := range rows {
		list[i] = r.plain()
	}
	if len(list) <= p.limit() {
		return list, "", nil
	}
	list = list[:p.limit()]
	return list, cursor(strconv.FormatInt(list[len(list)-1].ID, 10)), nil
}

// ImportByID finds one import.
func (s *Store) ImportByID(ctx context.Context, id int64) (dataset.Import, error) {
	var r importRow
	err := s.db.GetContext(ctx, &r, importSelect+` WHERE i.id = $1`, id)
	if errors.Is(err, sql.ErrNoRows) {
		err = NoImport(id)
	}
	return r.plain(), mapped(err)
}

// NoImport says that there is no such import.
func NoImport(id int64) error {
	return fault.New(fault.NotFound, text.F("There is no import %d.", "Es gibt keinen Import %d.", id))
}

// Rejects lists the rows that an import rejected, in the order of the file.
func (s *Store) Rejects(ctx context.Context, id int64, p Page) ([]dataset.Reject, string, error) {
	if _, err := s.ImportByID(ctx, id); err != nil {
		return nil, "", err
	}
	after, err := p.number(0)
	if err != nil {
		return nil, "", err
	}
	var rows []struct {
		dataset.Reject
		Why JSON[text.Text] `db:"reason"`
	}
	if err := s.db.SelectContext(ctx, &rows, `SELECT row, number, column_name, value, reason FROM import_reject
		WHERE import = $1 AND row > $2 ORDER BY row LIMIT $3`, id, after, p.limit()+1); err != nil {
		return nil, "", mapped(err)
	}
	list := make([]dataset.Reject, 0, len(rows))
	for _, r := range rows {
		r.Reason = r.Why.V
		list = append(list, r.Reject)
	}
	if len(list) <= p.limit() {
		return list, "", nil
	}
	list = list[:p.limit()]
	return list, cursor(strconv.FormatInt(list[len(list)-1].Row, 10)), nil
}

// number decodes a cursor that is one number; start stands at the beginning.
func (p Page) number(start int64) (int64, error) {
	key, err := p.after(1)
	if err != nil || key == nil {
		return start, err
	}
	n, err := strconv.ParseInt(key[0], 10, 64)
	if err != nil {
		return 0, notACursor()
	}
	return n, nil
}
