// From the sign-in to the published report, as people come to it: an approver
// reads a draft and asks for changes, its owner answers in another round, the
// approver approves and reads what is published; the owner imports a file that is
// warned of.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { Visitor, longer, sound, widths } from './browser.js';

// Each pair of language, width and scripts is among the first four.
const courses = [
  { lang: 'de', width: widths.phone, scripts: true }, { lang: 'de', width: widths.desk, scripts: false },
  { lang: 'en', width: widths.phone, scripts: false }, { lang: 'en', width: widths.desk, scripts: true },
  { lang: 'de', width: widths.phone, scripts: false }, { lang: 'de', width: widths.desk, scripts: true },
  { lang: 'en', width: widths.phone, scripts: true }, { lang: 'en', width: widths.desk, scripts: false },
].slice(0, longer ? 8 : 4);

export function flows(test, there) {
  test('a report is decided on', async (t) => {
    for (const [i, course] of courses.entries()) {
      await t.test(`${course.lang}, ${course.width} pixels, ${course.scripts ? 'with' : 'without'} scripts`, () => decided(there(), course, i));
    }
  });
}

// decided is the flow in one course; its report is of a later month than those
// before it, whose publication would make it stale.
async function decided({ world, browser }, course, i) {
  const { run, task } = await world.report(`2016-${String(4 + i).padStart(2, '0')}`);
  const approver = await come(browser, world, course, 'service-manager');
  await asksForChanges(approver, run, task.id);
  await approver.signOut();
  const owner = await come(browser, world, course, 'desk-owner');
  await answers(owner, await world.asked(run, 1, 'changes')); // they are made: another round
  const again = await world.asked(run, 2, 'findings', 'approval');
  if (again.step === 'findings') await answers(owner, again);
  await importsAFile(owner, i);
  await owner.signOut();
  await owner.leave();
  const next = await world.asked(run, 2, 'approval');
  await approver.signIn('service-manager');
  await approves(approver, next.id);
  await world.published(run);
  await readsWhatIsPublished(approver, run);
  await approver.signOut();
  await approver.leave();
}

async function come(browser, world, course, person) {
  const v = await Visitor.come(browser, world, course);
  await v.signIn(person);
  return v;
}

// follow opens a link of the page, by where it leads.
async function follow(v, path) {
  await v.page.locator(`main a[href="${path}"]`).first().click();
  await v.page.waitForURL((u) => u.pathname === path);
  sound(await v.look(path));
}

// send sends the form of the page that leads to an address, and expects a page.
async function send(v, action, status = 200) {
  const [answer] = await Promise.all([
    v.page.waitForResponse((r) => r.request().method() === 'POST' && r.request().isNavigationRequest()),
    v.page.locator(`form[action="${action}"] button`).first().click(),
  ]);
  assert.equal(answer.status() === 303 ? 200 : answer.status(), status, `${action}: ${await v.page.locator('main').innerText()}`);
  await v.page.waitForLoadState();
  sound(await v.look(action));
}

const main = (v) => v.page.locator('main').innerText();

async function asksForChanges(v, run, task) {
  await v.open('/');
  await follow(v, `/tasks/${task}`);
  await follow(v, `/reports/${run}`);
  await v.page.goBack();
  assert.equal(await v.page.locator('input[name=outcome]:checked').count(), 0, 'nothing is chosen for anybody');
  await v.page.check('input[name=outcome][value=request-changes]');
  await send(v, `/tasks/${task}/check`, 422); // a comment is needed
  const comment = 'Die Zahl der Störungen prüfen <b>bitte</b>';
  await v.page.fill('textarea[name=comment]', comment);
  await v.page.check('input[name=outcome][value=request-changes]');
  await send(v, `/tasks/${task}/check`);
  assert.ok((await main(v)).includes(comment), 'it is repeated before it counts');
  await send(v, `/tasks/${task}`); // change it
  assert.equal(await v.page.inputValue('textarea[name=comment]'), comment, 'nothing that was typed is lost');
  assert.ok(await v.page.isChecked('input[name=outcome][value=request-changes]'));
  await send(v, `/tasks/${task}/check`);
  await send(v, `/tasks/${task}/done`);
  assert.ok((await main(v)).includes(task), 'the answer has a reference');
}

// answers says that there is nothing to say about what was missed, where a task
// asks for that, and gives the first of its outcomes.
async function answers(v, task) {
  await v.open('/');
  await follow(v, `/tasks/${task.id}`);
  for (const field of (task.fields ?? []).filter((f) => f.name.endsWith('.none'))) {
    const at = v.page.locator(`[name="field.${field.name}"]`);
    await at.evaluate((e) => { const group = e.closest('details'); if (group) group.open = true; });
    await at.fill('Keine: einmalig.');
  }
  await v.page.check(`input[name=outcome][value=${task.outcomes[0]}]`);
  await send(v, `/tasks/${task.id}/check`);
  if (task.step === 'findings') assert.ok((await main(v)).includes('Keine: einmalig.'));
  await send(v, `/tasks/${task.id}/done`);
}

async function approves(v, task) {
  await v.open('/');
  await follow(v, `/tasks/${task}`);
  await v.page.check('input[name=outcome][value=approve]');
  await send(v, `/tasks/${task}/check`);
  await send(v, `/tasks/${task}/done`);
  await v.page.goBack(); // shows what was sent, and sending it again changes nothing
  await send(v, `/tasks/${task}/done`);
  assert.ok((await main(v)).includes(task), 'it leads to the answer on record');
  await v.open(`/tasks/${task}`); // it is answered, and isn't asked again
  assert.equal(await v.page.locator('input[name=outcome]').count(), 0);
}

async function readsWhatIsPublished(v, run, round = 2) {
  await v.open(`/tasks/${run.replaceAll('/', '.')}~${round}.approval/done`);
  await follow(v, `/reports/${run}`);
  await v.page.emulateMedia({ media: 'print' });
  assert.ok(!await v.page.locator('header.top').isVisible(), 'what is printed is the document');
  await v.page.emulateMedia({ media: 'screen' });
}

// importsAFile has a file tried, sees what it is warned of, and loads it. Its last
// line lacks its end.
async function importsAFile(v, day) {
  const service = '/services/digital-editions';
  const line = (hour, state) => ['c0ffee', `2026-09-${String(day + 1).padStart(2, '0')}T${hour}:00:00+00:00`, state, 'Gossembrot Bibliothek', '200', '99', 'as it is'].join('\t');
  const text = ['commit\tauthor_date\tstate\tsite\thttp_code\tresponse_ms\tsubject', line('08', 'up'), line('09', 'down'), line('10', 'up')].join('\n');
  const file = { name: 'september.tsv', mimeType: 'text/tab-separated-values', buffer: Buffer.from(text) };
  await v.open(`${service}/import`);
  await v.page.selectOption('select[name=what]', 'probes/upptime');
  await v.page.setInputFiles('input[name=file]', file);
  await send(v, `${service}/import/check`);
  assert.ok((await v.page.content()).includes(createHash('sha256').update(text).digest('hex')), 'the page says which file it was');
  assert.ok(await v.page.locator('main .warned, main .warnings').count() > 0, 'the file is warned of');
  await v.page.setInputFiles('input[name=file]', file);
  await send(v, `${service}/import`);
  assert.match(new URL(v.page.url()).pathname, /^\/services\/digital-editions\/imports\/\d+$/);
  assert.ok(await v.page.locator('main .warned, main .warnings').count() > 0, 'the warning stays on record');
}
