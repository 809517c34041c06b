package main

import (
	"io"
	"net/http"
	"net/http/httptrace"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const pagesEach, pagesRounds = 20, 5

// How long the first byte of a page takes, beside the API's answers with the same
// data, on the demo organisation. They take turns; the medians of each turn's
// medians are compared.
//
//	go test ./cmd/turnus -run '^$' -bench Pages -benchtime 1x
func BenchmarkPages(b *testing.B) {
	e := newEngine(b, "--demo")
	e.start()
	const run = "sla-report/service-desk/2016-03"
	for end := time.Now().Add(5 * time.Minute); ; time.Sleep(time.Second) {
		if _, err := os.Stat(e.dir + "/demo-tokens/service-manager"); err == nil {
			if status, _, _ := e.try(e.token("demo-tokens/service-manager"), "GET", "/v1/runs/"+run+"/report", nil, ""); status == 200 {
				break
			}
		}
		if time.Now().After(end) {
			b.Fatal("the demo has no report")
		}
	}
	token := e.token("demo-tokens/service-manager")
	who := e.browses(token)
	task := "/tasks/" + e.asked(token, run, "approval")["id"].(string)
	for b.Loop() {
		for _, c := range []struct {
			name, page string
			api        []string
		}{
			{"inbox", "/", []string{"/v1/tasks?state=open&limit=100", "/v1/tasks/counts"}},
			{"task", task, []string{"/v1" + task, "/v1/runs/" + run, "/v1/runs/" + run + "/report?round=1"}},
			{"report", "/reports/" + run, []string{"/v1/runs/" + run + "/report"}},
		} {
			var pages, answers []float64
			for range pagesRounds {
				var page, answer []float64
				for range pagesEach {
					page = append(page, e.firstByte(c.page, func(r *http.Request) { r.AddCookie(who.cookie); r.Header.Set("Accept", "text/html") }))
				}
				for range pagesEach {
					var all float64
					for _, path := range c.api {
						all += e.firstByte(path, func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) })
					}
					answer = append(answer, all)
				}
				pages, answers = append(pages, median(page)), append(answers, median(answer))
			}
			b.ReportMetric(median(pages)*1000, c.name+"-ms")
			b.ReportMetric(median(pages)/median(answers), c.name+"-ratio")
		}
	}
}

// firstByte is how long the first byte of an answer takes, in seconds.
func (e *engine) firstByte(path string, as func(*http.Request)) (took float64) {
	r, err := http.NewRequest(http.MethodGet, e.url+path, nil)
	require.NoError(e, err)
	as(r)
	began := time.Now()
	r = r.WithContext(httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{GotFirstResponseByte: func() { took = time.Since(began).Seconds() }}))
	res, err := http.DefaultClient.Do(r)
	require.NoError(e, err)
	defer res.Body.Close()
	require.Equal(e, 200, res.StatusCode, path)
	_, err = io.Copy(io.Discard, res.Body)
	require.NoError(e, err)
	return took
}
