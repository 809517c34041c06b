// A Turnus of the demo's people and data, for the pages to be looked at: the
// program on a free port with a data directory of its own, and its API in
// anybody's name.
import { spawn } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const binary = process.env.TURNUS_BINARY ?? 'turnus';

// until asks again until the answer is true, and gives it.
export async function until(what, ask, seconds = 120) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask().catch((err) => { if (Date.now() > end) throw err; });
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s`);
    await new Promise((next) => setTimeout(next, 200));
  }
}

function freePort() {
  return new Promise((found, failed) => {
    const s = createServer().on('error', failed).listen(0, '127.0.0.1', () => {
      const { port } = s.address();
      s.close(() => found(port));
    });
  });
}

export class World {
  // What addresses need, by name; the demo begins with these.
  names = { report: 'sla-report/service-desk/2016-03', task: 'sla-report.service-desk.2016-03~1.approval' };

  // begin starts Turnus and waits until the demo is in place.
  static async begin() {
    const w = new World();
    w.home = await mkdtemp(join(tmpdir(), 'turnus-pages-'));
    await chmod(w.home, 0o755); // as root, the database's user goes through
    w.data = join(w.home, 'data');
    const port = await freePort();
    w.url = `http://127.0.0.1:${port}`;
    w.said = '';
    w.process = spawn(binary, ['up', '--demo', '--ui=false', '--data', w.data, '--listen', `127.0.0.1:${port}`], { stdio: ['ignore', 'pipe', 'pipe'] });
    w.ended = new Promise((done) => w.process.on('exit', done).on('error', (err) => { w.said += err; done(); }));
    for (const out of [w.process.stdout, w.process.stderr]) out.on('data', (text) => { w.said += text; });
    process.on('exit', () => w.process.kill());
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));
    const over = w.ended.then(() => { throw new Error(`turnus has ended:\n${w.said.slice(-3000)}`); });
    await Promise.race([over, until('the demo is in place', async () => (await readFile(join(w.data, 'demo'), 'utf8')).trim() === 'done', 180)]);
    over.catch(() => {}); // it ends with the world
    return w;
  }

  async end() {
    this.process.kill();
    await this.ended;
    await rm(this.home, { recursive: true, force: true });
  }

  async token(person) {
    return (await readFile(join(this.data, person === 'admin' ? 'admin-token' : `demo-tokens/${person}`), 'utf8')).trim();
  }

  // ask is a request to the API in a person's name.
  async ask(person, method, path, body) {
    const answer = await fetch(this.url + path, { method, body: body && JSON.stringify(body),
      headers: { Authorization: `Bearer ${await this.token(person)}`, 'Content-Type': 'application/json' } });
    const said = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${said}`);
    return said && JSON.parse(said);
  }

  // send sends a file in a person's name, and gives its SHA-256.
  async send(person, path, name, text) {
    const answer = await fetch(`${this.url}${path}?name=${encodeURIComponent(name)}`, { method: 'POST', body: text,
      headers: { Authorization: `Bearer ${await this.token(person)}`, 'Content-Type': 'application/octet-stream' } });
    if (!answer.ok) throw new Error(`POST ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()).sha256;
  }

  async start(process, scope, period) {
    return (await this.ask('desk-owner', 'POST', `/v1/processes/${process}/runs`, { scope, period })).id;
  }

  // asked waits until one of some steps of a run asks somebody, and gives its task.
  asked(run, round, ...steps) {
    return until(`${run} asks for ${steps} in round ${round}`, async () => {
      const { tasks } = await this.ask('auditor', 'GET', `/v1/runs/${run}`);
      return tasks.find((t) => steps.includes(t.step) && t.round === round && t.state === 'open');
    });
  }

  async answer(person, task, outcome, more) {
    return this.ask(person, 'POST', `/v1/tasks/${task.id}/decision`, { outcome, ...more });
  }

  async published(run) {
    return until(`${run} is published`, async () => (await this.ask('auditor', 'GET', `/v1/runs/${run}`)).state === 'published');
  }

  // report starts an SLA report of the service desk, and has its owner say that
  // there is nothing to say about what was missed, if something was.
  async report(period) {
    const run = await this.start('sla-report', 'service-desk', period);
    const task = await this.asked(run, 1, 'findings', 'approval');
    if (task.step === 'approval') return { run, task };
    const fields = Object.fromEntries(task.fields.filter((f) => f.name.endsWith('.none')).map((f) => [f.name, 'Nothing to be done.']));
    await this.answer('desk-owner', task, 'done', { fields });
    return { run, task: await this.asked(run, 1, 'approval') };
  }
}
