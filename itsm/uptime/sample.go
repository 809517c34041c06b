package uptime

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"slices"
	"strings"
	"time"

	"turnus/itsm/availability"
	"turnus/itsm/dataset"
	"turnus/itsm/packed"
)

// daySeconds is the length of a date in UTC.
const daySeconds = 86_400

// answers are packed as their places; what is none as the last one.
var answers = [...]availability.Answer{availability.AnswerUp, availability.AnswerDown, availability.AnswerUnknown, ""}

const (
	answerBits = 2
	noAnswer   = len(answers) - 1
)

// A mark is a sample of a date in an integer, so that samples can be sorted by
// second and then by what is newer: seconds since midnight, order, answer.
const (
	orderBits = 44
	secondAt  = orderBits + answerBits
	answerIs  = 1<<answerBits - 1
)

// AppendSample packs a row for the staging file, without component and probe,
// which its key has. Its instant is kept to the second.
func AppendSample(b []byte, s *Sample) []byte {
	is := slices.Index(answers[:noAnswer], s.Is)
	if is < 0 {
		is = noAnswer
	}
	b = binary.AppendVarint(b, s.At.Unix()<<answerBits|int64(is))
	return binary.AppendUvarint(b, uint64(s.Row))
}

// SaySamples packs samples of one key that AppendSample has packed; of two at
// one instant the later row counts.
func SaySamples(rows [][]byte) (Saying, error) {
	marks := make([]uint64, len(rows))
	var midnight int64
	for i, b := range rows {
		at, n := binary.Varint(b)
		line, m := binary.Uvarint(b[max(n, 0):])
		second, is := at>>answerBits, uint64(at&answerIs)
		if i == 0 {
			midnight = second - (second%daySeconds+daySeconds)%daySeconds
		}
		if second -= midnight; n <= 0 || m <= 0 || n+m < len(b) || is == uint64(noAnswer) || line>>orderBits != 0 || second < 0 || second >= daySeconds {
			return Saying{}, packed.Err
		}
		marks[i] = uint64(second)<<secondAt | line<<answerBits | is
	}
	s := Saying{From: time.Unix(midnight, 0).UTC(), To: time.Unix(midnight+daySeconds, 0).UTC()}
	marks, s.Repeated, s.Differing = fold(marks)
	s.Data = append(make([]byte, 0, 16+2*len(marks)), said1)
	var last int64
	for _, x := range stretches(marks) {
		s.Data = x.append(s.Data, last)
		last = x.last()
	}
	return s, nil
}

// fold sorts marks in place and leaves one a second, the newest. Others repeat an
// answer of that second, or differ.
func fold(marks []uint64) (kept []uint64, repeated, differing int64) {
	slices.Sort(marks)
	kept = marks[:0]
	n, said := int64(0), uint(0) // rows of this second, and their answers
	for i, m := range marks {
		n, said = n+1, said|1<<(m&answerIs)
		if i+1 < len(marks) && marks[i+1]>>secondAt == m>>secondAt {
			continue
		}
		kept = append(kept, m)
		others := int64(bits.OnesCount(said)) - 1
		repeated, differing = repeated+n-1-others, differing+others
		n, said = 0, 0
	}
	return kept, repeated, differing
}

// stretch is a Run within its date.
type stretch struct {
	at, every, n int64 // in seconds since midnight; every is 0 for one sample
	is           uint8
}

func (x stretch) last() int64 { return x.at + (x.n-1)*x.every }

// stretches are the runs of marks: from the first sample on, each as long as it
// can be.
func stretches(marks []uint64) []stretch {
	second := func(i int) int64 { return int64(marks[i] >> secondAt) }
	var list []stretch
	for i := 0; i < len(marks); {
		x := stretch{at: second(i), n: 1, is: uint8(marks[i] & answerIs)}
		for i++; i < len(marks) && uint8(marks[i]&answerIs) == x.is; i++ {
			apart := second(i) - second(i-1)
			if x.n > 1 && apart != x.every {
				break
			}
			x.every = apart
			x.n++
		}
		list = append(list, x)
	}
	return list
}

// append packs a run that follows another one, whose last sample was at a given
// second: a number that holds the time between, the answer, and whether there
// are several, and of several the time between them and how many.
func (x stretch) append(b []byte, last int64) []byte {
	b = binary.AppendUvarint(b, uint64(x.at-last)<<(answerBits+1)|uint64(x.is)<<1|min(uint64(x.n-1), 1))
	if x.n > 1 {
		b = binary.AppendUvarint(b, uint64(x.every))
		b = binary.AppendUvarint(b, uint64(x.n-2))
	}
	return b
}

// readStretches is the inverse: runs in order, which don't overlap and lie within
// a date.
func readStretches(data []byte) ([]stretch, error) {
	r := packed.Read(data)
	if r.Byte() != said1 {
		return nil, packed.Err
	}
	list := make([]stretch, 0, min(len(data)/2, daySeconds))
	for last := int64(-1); r.More(); {
		head := r.Uint()
		x := stretch{n: 1, is: uint8(head >> 1 & answerIs)}
		after := head >> (answerBits + 1)
		if after >= daySeconds || int(x.is) == noAnswer {
			return nil, packed.Err
		}
		x.at = max(last, 0) + int64(after)
		if head&1 != 0 {
			every, more := r.Uint(), r.Uint()
			if every == 0 || every >= daySeconds || more >= daySeconds {
				return nil, packed.Err
			}
			x.every, x.n = int64(every), int64(more)+2
		}
		if x.at <= last || x.last() >= daySeconds {
			return nil, packed.Err
		}
		last = x.last()
		list = append(list, x)
	}
	return list, r.Err()
}

// DayKnown is what is known of a probe on a date: the samples of all imports, at
// each instant as the newest one said it.
func DayKnown(key string, said []dataset.Said) (Day, error) {
	parts := strings.Split(key, separator)
	if len(parts) != 3 {
		return Day{}, fmt.Errorf("uptime: %q isn't the key of a day", key)
	}
	midnight, err := time.Parse(time.DateOnly, parts[2])
	if err != nil {
		return Day{}, fmt.Errorf("uptime: %q isn't the key of a day: %w", key, err)
	}
	var list []stretch
	var marks []uint64
	for order, s := range newestLast(said) {
		if list, err = readStretches(s.Data); err != nil {
			return Day{}, damaged(key, s, err)
		}
		if len(said) > 1 {
			for _, x := range list {
				for i := range x.n {
					marks = append(marks, uint64(x.at+i*x.every)<<secondAt|uint64(order)<<answerBits|uint64(x.is))
				}
			}
		}
	}
	if len(said) > 1 {
		marks, _, _ = fold(marks)
		list = stretches(marks)
	}
	d := Day{Component: parts[0], Probe: parts[1], Date: parts[2], Runs: make([]Run, len(list))}
	for i, x := range list {
		d.Runs[i] = Run{At: midnight.Add(time.Duration(x.at) * time.Second), Every: x.every, N: x.n, Is: answers[x.is]}
	}
	return d, nil
}
