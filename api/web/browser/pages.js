// Every page, in both languages, narrow and wide, light and dark: axe finds
// nothing, nothing is wider than the window, the console says nothing, nothing is
// asked of anybody else; and with the tab key alone, everything is reached in its
// order and is seen to be.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { Visitor, languages, longer, sound, widths } from './browser.js';
import { tabThrough } from './keys.js';

export const list = JSON.parse(await readFile(new URL('pages.json', import.meta.url)));

// Colours follow the scheme, and what stands where the width: two views see both.
const views = longer
  ? [widths.narrow, widths.wide].flatMap((width) => ['light', 'dark'].map((scheme) => ({ width, scheme })))
  : [{ width: widths.narrow, scheme: 'dark' }, { width: widths.wide, scheme: 'light' }];

// at are the addresses of a page, with what the world's things are called.
export function at(world, page) {
  return page.at.map((a) => a.replace(/\{(\w+)\}/g, (_, name) => {
    assert.ok(world.names[name], `${page.route}: nothing is called ${name}`);
    return world.names[name];
  }));
}

export function pages(test, there) {
  for (const lang of languages) {
    test(`pages in ${lang}`, async (t) => {
      const { world, browser } = there();
      for (const person of new Set(list.map((p) => p.as))) {
        const v = await Visitor.come(browser, world, { lang });
        if (person) await v.signIn(person);
        for (const page of list.filter((p) => p.as === person)) {
          for (const address of at(world, page)) await t.test(address, () => looked(v, page, address));
        }
        await v.leave();
      }
    });
  }
}

async function looked(v, page, address) {
  if (page.file) return file(v, address, page.file);
  const answer = await v.open(address, page.status);
  assert.equal(await v.spoken(), v.lang);
  const bytes = (await answer.body()).length - await v.page.evaluate(() => new Blob([document.querySelector('.report')?.outerHTML ?? '']).size);
  assert.ok(bytes < 100_000, `${bytes} bytes without the report`);
  assert.equal(await v.page.locator('h1').count(), 1, 'one heading says what it is');
  sound(await v.look(address, views));
  if (v.lang === languages[0] || longer) sound(await tabThrough(v, address));
}

// file asks for what isn't a page, and holds its type against what is expected.
async function file(v, address, type) {
  const answer = await v.context.request.get(address);
  assert.equal(answer.status(), 200);
  assert.ok(answer.headers()['content-type'].startsWith(type), answer.headers()['content-type']);
  assert.ok((await answer.body()).length > 0);
}
