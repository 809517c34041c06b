// Pictures of pages.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Visitor, widths } from './browser.js';

// shoot takes a picture of each page that is given, in each view, and says which
// files it wrote: [{ name, path, as, full }…], [{ lang, width, scheme }…].
export async function shoot(browser, world, dir, pages, views) {
  await mkdir(dir, { recursive: true });
  const taken = [];
  for (const view of views) {
    for (const person of new Set(pages.map((p) => p.as))) {
      const v = await Visitor.come(browser, world, { width: widths.desk, ...view });
      if (person) await v.signIn(person);
      for (const { name, path, full = true } of pages.filter((p) => p.as === person)) {
        await v.page.goto(path);
        const file = `${name}-${view.lang}${view.width === widths.phone ? '-phone' : ''}${view.scheme === 'dark' ? '-dark' : ''}.png`;
        await v.page.screenshot({ path: join(dir, file), fullPage: full, animations: 'disabled' });
        taken.push({ name, file, ...view });
      }
      await v.leave();
    }
  }
  return taken;
}
