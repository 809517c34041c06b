// Makes the pictures in deploy/pictures, for README, in both languages:
//
//	TURNUS_BINARY=…/turnus npm run pictures
import { fileURLToPath } from 'node:url';
import { languages, launch, widths } from './browser.js';
import { shoot } from './shots.js';
import { furnish } from './furnish.js';
import { World } from './world.js';

const dir = fileURLToPath(new URL('../../../deploy/pictures', import.meta.url));
const [world, browser] = await Promise.all([World.begin(), launch()]);
try {
  await furnish(world);
  const { report, task } = world.names;
  const pages = [
    { name: 'inbox', path: '/', as: 'service-manager', full: false },
    { name: 'task', path: `/tasks/${task}`, as: 'service-manager', full: false },
    { name: 'report', path: `/reports/${report}`, as: 'service-manager', full: false },
  ];
  for (const width of [widths.desk, widths.phone]) await shoot(browser, world, dir, pages, languages.map((lang) => ({ lang, width })));
} finally {
  await browser.close();
  await world.end();
}
