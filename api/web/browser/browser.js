// A browser that looks at pages, and says what it found wrong with them.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

export const languages = ['de', 'en'];
export const widths = { narrow: 320, phone: 390, wide: 1280, desk: 1440 };

export function launch() {
  return chromium.launch({ executablePath: process.env.TURNUS_BROWSER ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'] });
}

// Visitor is somebody at a browser, who notes what goes wrong there.
export class Visitor {
  static async come(browser, world, { lang = 'de', width = widths.wide, scripts = true, scheme = 'light' } = {}) {
    const v = new Visitor();
    Object.assign(v, { world, lang, width, scripts, wrong: [] });
    v.context = await browser.newContext({ locale: lang, viewport: { width, height: 900 }, colorScheme: scheme, javaScriptEnabled: scripts, baseURL: world.url });
    v.page = await v.context.newPage();
    v.page.setDefaultTimeout(60_000);
    v.page.on('pageerror', (err) => v.wrong.push(`script: ${err.message}`));
    v.page.on('console', (m) => {
      // That an answer is a refusal is what some pages are looked at for.
      if (m.type() === 'error' && !m.text().startsWith('Failed to load resource: the server responded')) v.wrong.push(`console: ${m.text()}`);
    });
    v.page.on('request', (r) => { if (!r.url().startsWith(world.url)) v.wrong.push(`foreign request: ${r.url()}`); });
    v.page.on('response', (r) => { if (r.status() >= 400 && r.request().resourceType() !== 'document') v.wrong.push(`${r.status()} ${r.url()}`); });
    return v;
  }

  leave() { return this.context.close(); }

  async open(path, status = 200) {
    const answer = await this.page.goto(path);
    assert.equal(answer.status(), status, path);
    return answer;
  }

  async signIn(person) {
    await this.open('/sign-in');
    await this.page.fill('#token', await this.world.token(person));
    await this.page.click('main form button');
    await this.page.waitForSelector('form[action="/sign-out"]', { state: 'attached' });
    if (await this.spoken() !== this.lang) await this.page.click('form[action="/language"] button');
    assert.equal(await this.spoken(), this.lang);
    this.person = person;
  }

  async signOut() {
    await this.page.click('form[action="/sign-out"] button');
    await this.page.waitForSelector('#token');
    await this.open(this.page.url());
    await this.page.waitForSelector('#token');
  }

  spoken() { return this.page.getAttribute('html', 'lang'); }

  // look says what is wrong with the page as it is: at each width and in each
  // scheme, of those that are given or of the visitor's own.
  async look(where, views = [{ width: this.width }]) {
    const found = [];
    for (const { width, scheme, only } of views) {
      await this.page.setViewportSize({ width, height: 900 });
      if (scheme) await this.page.emulateMedia({ colorScheme: scheme });
      const view = `${where} [${this.lang} ${width}${scheme ? ` ${scheme}` : ''}]`;
      const wide = await this.page.evaluate(() => {
        const most = document.documentElement.clientWidth;
        if (document.documentElement.scrollWidth <= most) return null;
        const at = [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > most + 0.5 && !e.closest('.scroll, .skip'));
        return { most, is: document.documentElement.scrollWidth, by: at.slice(0, 3).map((e) => e.outerHTML.slice(0, 120)) };
      });
      if (wide) found.push(`${view}: ${wide.is} pixels wide: ${wide.by.join(' | ')}`);
      if (!this.scripts || only === 'width') continue; // without scripts, axe doesn't come to its end
      for (const v of await this.axe()) found.push(`${view}: ${v}`);
    }
    found.push(...this.wrong.splice(0).map((w) => `${where} [${this.lang}]: ${w}`));
    return found;
  }

  async axe() {
    if (!await this.page.evaluate('typeof axe === "object"')) await this.page.evaluate(axe);
    const { violations } = await this.page.evaluate((values) => window.axe.run(document, { runOnly: { type: 'tag', values }, resultTypes: ['violations'] }), rules);
    return violations.flatMap((v) => v.nodes.slice(0, 3).map((n) => `${v.id}: ${n.target.join(' ')}: ${n.failureSummary.split('\n').slice(1, 2).join(' ').trim()}: ${n.html.slice(0, 160)}`));
  }
}

// sound fails with all that was found.
export function sound(found) {
  assert.equal(found.length, 0, `${found.length} faults:\n${found.join('\n')}`);
}

// longer says that everything is gone through, and not what covers each kind.
export const longer = Boolean(process.env.TURNUS_EVERY_VIEW);
