// What a world is asked to do so that every page has something to show; what
// addresses need of it gets a name.
import { until } from './world.js';

export async function furnish(w) {
  const { names } = w;
  names.review = await w.start('availability-review', 'digital-editions', '2026-07');
  await w.asked(names.review, 1, 'approval');
  await Promise.all([published(w).then(() => found(w)), improved(w), planned(w)]); // the plan wakes once a minute
  const { items: imports } = await w.ask('admin', 'GET', '/v1/services/service-desk/imports?limit=5');
  names.import = String(imports[0].id);
  names.exclusion = String((await w.ask('desk-owner', 'POST', '/v1/services/service-desk/exclusions', {
    tickets: ['INC0000045'], agreement: 'service-desk-2016', reason: 'customer', detail: 'The customer had no power.', evidence: 'Mail of 1 March 2016' })).id);
  return w;
}

// published has a report approved.
async function published(w) {
  const { run, task } = await w.report('2016-12');
  Object.assign(w.names, { published: run, decided: task.id });
  await w.answer('service-manager', task, 'approve', { comment: 'Figures checked.' });
  await w.published(run);
}

// found are two findings of that report: one has evidence and isn't begun, the
// improvement of the other asks for its correction.
async function found(w) {
  const [begun, open] = await until('what was missed is a finding', async () => {
    const { items } = await w.ask('auditor', 'GET', '/v1/findings?kind=missed-target&limit=50');
    return items.length > 1 && items;
  });
  w.names.open = String(open.id);
  w.names.evidence = await w.send('desk-owner', `/v1/findings/${open.id}/files`, 'calls.csv', 'day,calls\n2016-12-05,3\n');
  w.names.correction = (await w.asked(await begin(w, begun.id), 1, 'correction')).id;
}

async function begin(w, finding) {
  return (await w.ask('desk-owner', 'POST', '/v1/processes/improvement/runs', { scope: String(finding) })).id;
}

// improved is a finding whose plan is approved: one of its actions is done and was
// found to work, another is open.
async function improved(w) {
  const { id } = await w.ask('desk-owner', 'POST', '/v1/findings', { type: 'nonconformity', service: 'service-desk', severity: 'minor', source: { kind: 'person', name: 'Team meeting' },
    title: 'Callers wait while nobody is at the desk', detail: 'On Mondays from 8 to 9 most calls are given up.' });
  const run = await begin(w, id);
  const answer = async (person, step, outcome, more) => w.answer(person, await w.asked(run, 1, step), outcome, more);
  await answer('desk-owner', 'correction', 'done', { fields: { correction: 'A colleague helps out on Mondays.', elsewhere: 'No: only on Mondays.' } });
  const action = (n, fields) => Object.fromEntries(Object.entries({ due: inDays(14 * n), measure: 'Calls that are given up, per cent', sense: 'at-most', target: '5', wait: 'PT0S', ...fields })
    .map(([name, value]) => [`action.${n}.${name}`, value]));
  await answer('desk-owner', 'plan', 'done', { fields: { 'why.1': 'The shift begins at 9.', cause: 'Shifts follow the calendar of the year before last.',
    ...action(1, { title: 'Let a shift begin at 8', owner: 'deputy' }), ...action(2, { title: 'Look at the shifts each January', owner: 'desk-owner' }) } });
  await answer('service-manager', 'approval', 'approve', { comment: 'As talked about.' });
  await answer('deputy', 'action-1', 'done', { fields: { evidence: 'The roster of December.' } });
  const check = await w.asked(run, 1, 'check-1');
  const file = await w.send('service-manager', `/v1/tasks/${check.id}/files`, 'calls.csv', 'week,given up\n49,4.1\n');
  await w.answer('service-manager', check, 'pass', { fields: { value: '4.1', file } });
  Object.assign(w.names, { finding: String(id), improvement: run, action: (await w.asked(run, 1, 'action-2')).id, checked: check.id, file });
}

const inDays = (n) => new Date(Date.now() + n * 86_400_000).toISOString().slice(0, 10);

// planned has the plan of the digital editions approved, and once more without an
// end, so that slots wait for data that will never come, and others are planned;
// one is declared missed, and the oldest review is published late. The plan of the
// service desk waits for its approver.
async function planned(w) {
  const { items: changes } = await w.ask('auditor', 'GET', '/v1/runs?process=change-approval&limit=50');
  const interval = '/v1/intervals/digital-editions-availability';
  w.names.change = changes.find((r) => r.id.includes('service-desk')).id;
  await approved(w, changes.find((r) => r.id.includes('digital-editions')).id);
  const { apiVersion, kind, metadata, spec } = await w.ask('desk-owner', 'GET', interval);
  const reason = "Editors and readers are told once a month how often an edition wasn't there.";
  const { run } = await w.ask('desk-owner', 'PUT', interval, { apiVersion, kind, metadata, spec: { ...spec, valid: { from: spec.valid.from }, reason } });
  await approved(w, run);
  const slots = async (state) => (await w.ask('auditor', 'GET', `/v1/plan?service=digital-editions&state=${state}&limit=50`)).items
    .filter((s) => s.period > '2026-08').map((s) => `${s.process}/${s.scope}/${s.period}`); // after the last month with data
  const [missed, due] = await until('slots are due', async () => {
    const all = await slots('due');
    return all.length > 1 && all;
  });
  await w.ask('desk-owner', 'POST', `/v1/plan/${missed}/miss`, { reason: 'The monitor was moved, and nothing was kept.' });
  const review = await w.asked('availability-review/digital-editions/2026-01', 1, 'approval');
  await w.answer('service-manager', review, 'approve');
  await w.published(review.run);
  Object.assign(w.names, { missed, due, planned: (await slots('planned'))[0], done: review.run });
}

async function approved(w, run) {
  await w.answer('service-manager', await w.asked(run, 1, 'approval'), 'approve', { comment: 'As agreed with the customer' });
  await w.published(run);
}
