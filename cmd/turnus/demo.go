package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"turnus/client"
	"turnus/deploy"
	"turnus/imports"
	"turnus/itsm/dataset"
	"turnus/itsm/process"
	"turnus/itsm/resource"
	"turnus/itsm/task"
	"turnus/store"
)

// demonstrate sets the demo organisation up, once, through the API as any
// client would; a start that was cut off is taken up again.
func (s site) demonstrate(ctx context.Context, st *store.Store, url string, first bool) {
	mark, err := os.ReadFile(s.data.file(demoMark))
	switch {
	case err == nil && strings.TrimSpace(string(mark)) == "done":
		say("The demo organisation is in place")
		s.letIn(ctx, st, url, demoPeople(s.data.file(demoTokens))...)
		return
	case err != nil && !first:
		say("--demo does its work on the first start of an empty data directory only, and %s has been used before", s.data.path)
		return
	}
	if err := s.setUp(ctx, st, url); err != nil {
		if ctx.Err() == nil {
			say("The demo isn't complete: %v\nStart again with --demo, and it is taken up where it stopped.", err)
		}
		return
	}
	s.next(url)
	s.letIn(ctx, st, url, demoPeople(s.data.file(demoTokens))...)
}

const (
	demoService = "service-desk"
	demoPeriod  = "2016-03"
	demoOwner   = "desk-owner"
	demoDecides = "service-manager"
	demoLog     = "demo/uci_incident_event_log.zip"
	demoProbed  = "digital-editions"
	demoSamples = "demo/bern-updown-2026.tsv.gz"
	demoPlan    = "demo/plan/plan.yaml"
	demoDrilled = "demo/continuity/plan.yaml"
	demoAnswers = "demo/answers/2016-03.json"
)

// samplesAsOf is the end of August: the monitor's file, which ends some days
// before, says nothing of them, and the review of August shows them as time
// without data.
var samplesAsOf = time.Date(2026, 8, 31, 22, 0, 0, 0, time.UTC)

func (s site) setUp(ctx context.Context, st *store.Store, url string) error {
	token, err := os.ReadFile(s.data.file(adminTokenFile))
	if err != nil {
		return err
	}
	admin := client.New(url, strings.TrimSpace(string(token)))
	documents, err := demoDocuments()
	if err != nil {
		return err
	}
	if _, err := admin.Apply(ctx, documents, false); err != nil {
		return err
	}
	say("Demo: the organisation is declared")
	if err := s.writeDemoTokens(ctx, st, documents); err != nil {
		return err
	}
	say("Demo: loading the incident log …")
	i, err := importDemo(ctx, admin, demoLog, client.Intake{Dataset: dataset.Tickets, Service: demoService, Format: dataset.ServiceNowAudit})
	if err != nil {
		return err
	}
	say("Demo: %d rows of an incident log read, %d rejected, %d tickets", i.Read, i.Rejected, i.Tickets)
	i, err = importDemo(ctx, admin, demoSamples, client.Intake{Dataset: dataset.Probes, Service: demoProbed, Format: dataset.Upptime, AsOf: samplesAsOf})
	if err != nil {
		return err
	}
	say("Demo: %d observations of web services read, %d rejected", i.Read, i.Rejected)
	token, err = os.ReadFile(filepath.Join(s.data.file(demoTokens), demoOwner))
	if err != nil {
		return err
	}
	owner := client.New(url, strings.TrimSpace(string(token)))
	started, err := owner.Start(ctx, client.Start{Process: "sla-report", Service: demoService, Period: demoPeriod})
	if err != nil {
		return err
	}
	if err := answerFindings(ctx, owner, started.ID); err != nil {
		return err
	}
	for _, file := range []string{demoPlan, demoDrilled} {
		plan, err := fs.ReadFile(deploy.Demo, file)
		if err != nil {
			return err
		}
		if _, err := owner.Apply(ctx, plan, false); err != nil {
			return err
		}
	}
	say("Demo: the plan is proposed, and a continuity plan")
	return s.data.write(demoMark, "done\n", 0o644)
}

// importDemo loads a file of the demo.
func importDemo(ctx context.Context, admin *client.Client, file string, in client.Intake) (dataset.Profile, error) {
	b, err := fs.ReadFile(deploy.Demo, file)
	if err != nil {
		return dataset.Profile{}, err
	}
	in.Filename = path.Base(file)
	return admin.Import(ctx, in, bytes.NewReader(b))
}

// answerFindings gives the owner's part of a run: cause and measure of each of
// its findings, unless that was done before.
func answerFindings(ctx context.Context, owner *client.Client, id string) error {
	r, err := owner.Wait(ctx, id)
	if err != nil {
		return err
	}
	for _, t := range r.Tasks {
		if t.State != task.Open || t.Step != process.Findings {
			continue // answered before Turnus was stopped
		}
		answers, err := demoFindings(t.Fields)
		if err != nil {
			return err
		}
		if _, err := owner.Decide(ctx, t.ID, client.Answer{Outcome: task.Done, Fields: answers}); err != nil {
			return err
		}
		say("Demo: the owner has given cause and measure of what the month missed")
		_, err = owner.Wait(ctx, id)
		return err
	}
	return nil
}

// next says what a person may do now.
func (s site) next(url string) {
	say(`
The SLA report of the service desk for March 2016, started by its owner, waits for approval.
Look at it and decide, in another terminal:

  export TURNUS_URL=%[1]s TURNUS_TOKEN=$(cat %[2]s)
  turnus tasks
  turnus report sla-report/%[3]s/%[4]s --format html -o report.html
  turnus decide sla-report.%[3]s.%[4]s~1.approval approve --comment "Figures checked"

The plan waits, too: once it is approved (turnus tasks names its tasks), the reports of the
other months start by themselves, and the availability reviews of the digital editions.
turnus plan shows it.
`, url, filepath.Join(s.data.file(demoTokens), demoDecides), demoService, demoPeriod)
}

// demoFindings are what the owner of the demo says in the fields that a task
// asks for.
func demoFindings(fields []task.Field) (task.Values, error) {
	b, err := fs.ReadFile(deploy.Demo, demoAnswers)
	if err != nil {
		return nil, err
	}
	var all task.Values
	if err := json.Unmarshal(b, &all); err != nil {
		return nil, err
	}
	asked := task.Values{}
	for _, f := range fields {
		if v, ok := all[f.Name]; ok {
			asked[f.Name] = v
		}
	}
	return asked, nil
}

// demoDocuments are the resources of the demo organisation as one stream.
func demoDocuments() ([]byte, error) {
	files, err := fs.Glob(deploy.Demo, "demo/*.yaml")
	if err != nil {
		return nil, err
	}
	var all [][]byte
	for _, f := range files {
		b, err := fs.ReadFile(deploy.Demo, f)
		if err != nil {
			return nil, err
		}
		all = append(all, b)
	}
	return bytes.Join(all, []byte("\n---\n")), nil
}

// writeDemoTokens gives each person of the demo a token in a file. Tokens of
// the first start have no issuer: nobody could act through them for others.
func (s site) writeDemoTokens(ctx context.Context, st *store.Store, documents []byte) error {
	docs, err := imports.Resources(documents)
	if err != nil {
		return err
	}
	dir := s.data.file(demoTokens)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for _, d := range docs {
		name := d.Metadata.Name
		file := filepath.Join(demoTokens, name)
		if _, err := os.Stat(s.data.file(file)); d.Kind != resource.Person || err == nil {
			continue
		}
		_, secret, err := st.FirstToken(ctx, now(), name, firstTokenTTL)
		if err != nil {
			return err
		}
		if err := s.data.write(file, secret+"\n", 0o600); err != nil {
			return err
		}
	}
	say("Demo: each person's token is in %s", dir)
	return nil
}
