// Makes pictures of all pages, and sheets that hold them side by side, for
// looking at them:
//
//	TURNUS_BINARY=…/turnus npm run sheets -- DIRECTORY
//
// With --empty nothing is brought about that the demo doesn't begin with.
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { languages, launch, widths } from './browser.js';
import { at, list } from './pages.js';
import { shoot } from './shots.js';
import { furnish } from './furnish.js';
import { World } from './world.js';

const empty = process.argv.includes('--empty');
const dir = resolve(process.argv.slice(2).find((a) => !a.startsWith('-')) ?? 'sheets');
const [world, browser] = await Promise.all([World.begin(), launch()]);
try {
  if (!empty) await furnish(world);
  const known = (address) => [...address.matchAll(/\{(\w+)\}/g)].every(([, name]) => world.names[name]);
  const pages = list.filter((p) => !p.file).flatMap((p) => at(world, { ...p, at: p.at.filter(known) }).map((path) => ({ path, as: p.as, name: path.replace(/[^\w.-]+/g, '_') })));
  const views = languages.flatMap((lang) => [{ lang, width: widths.desk }, { lang, width: widths.phone }, { lang, width: widths.phone, scheme: 'dark' }]);
  const taken = await shoot(browser, world, dir, pages, views);
  for (const width of [widths.desk, widths.phone]) {
    for (const lang of languages) {
      const shown = taken.filter((p) => p.width === width && p.lang === lang);
      const sheet = `<!DOCTYPE html><meta charset="utf-8"><style>body{margin:8px;font:12px sans-serif;display:flex;flex-wrap:wrap;gap:8px;background:#888}figure{margin:0;width:${width / 2}px}img{width:100%;max-height:1200px;object-fit:cover;object-position:top}</style>`
        + shown.map((p) => `<figure><figcaption>${p.file}</figcaption><img src="${p.file}"></figure>`).join('');
      const file = join(dir, `sheet-${lang}-${width}`);
      await writeFile(`${file}.html`, sheet);
      const page = await browser.newPage({ viewport: { width: 1600, height: 900 } });
      await page.goto(pathToFileURL(`${file}.html`).href);
      await page.screenshot({ path: `${file}.png`, fullPage: true });
      await page.close();
    }
  }
  console.log(`${taken.length} pictures in ${dir}`);
} finally {
  await browser.close();
  await world.end();
}
