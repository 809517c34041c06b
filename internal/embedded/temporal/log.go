package temporal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"sync/atomic"

	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/log/tag"
)

// logger takes the server's warnings and errors into our log, one level lower:
// they tell of attempts that are made again. What would end the process ends
// the goroutine instead, and is reported.
type logger struct {
	to     *slog.Logger
	failed chan<- error
	silent *atomic.Bool // while it stops, connections break, and it tells of each
}

func newLogger(to *slog.Logger, failed chan<- error, silent *atomic.Bool) log.Logger {
	return &logger{to: to.With("part", "temporal"), failed: failed, silent: silent}
}

func (l *logger) Debug(string, ...tag.Tag)           {}
func (l *logger) Info(string, ...tag.Tag)            {}
func (l *logger) Warn(msg string, tags ...tag.Tag)   { l.log(slog.LevelDebug, msg, tags) }
func (l *logger) Error(msg string, tags ...tag.Tag)  { l.log(slog.LevelWarn, msg, tags) }
func (l *logger) DPanic(msg string, tags ...tag.Tag) { l.log(slog.LevelWarn, msg, tags) }
func (l *logger) Panic(msg string, tags ...tag.Tag)  { l.log(slog.LevelWarn, msg, tags); panic(msg) }
func (l *logger) With(tags ...tag.Tag) log.Logger {
	return &logger{to: slog.New(l.to.Handler().WithAttrs(attrs(tags))), failed: l.failed, silent: l.silent}
}

func (l *logger) Fatal(msg string, tags ...tag.Tag) {
	failure := errors.New(msg)
	for _, t := range tags {
		if err, ok := t.Value().(error); ok {
			failure = fmt.Errorf("%s: %w", msg, err)
		}
	}
	select {
	case l.failed <- failure:
	default: // the first reason counts
	}
	runtime.Goexit()
}

func (l *logger) log(level slog.Level, msg string, tags []tag.Tag) {
	if l.silent.Load() {
		return
	}
	l.to.LogAttrs(context.Background(), level, msg, attrs(tags)...)
}

func attrs(tags []tag.Tag) []slog.Attr {
	all := make([]slog.Attr, len(tags))
	for i, t := range tags {
		all[i] = slog.Any(t.Key(), t.Value())
	}
	return all
}
