// Makes README's pictures, in deploy/pictures: what its first minute comes to.
//
//	TURNUS_BINARY=…/turnus npm run pictures
import { fileURLToPath } from 'node:url';
import { launch, widths } from './browser.js';
import { shoot } from './shots.js';
import { World } from './world.js';

const dir = fileURLToPath(new URL('../../../deploy/pictures', import.meta.url));
const [world, browser] = await Promise.all([World.begin(), launch()]);
try {
  const { report, task } = world.names;
  await world.asked(report, 1, 'approval');
  const as = 'service-manager';
  const take = (name, path, view) => shoot(browser, world, dir, [{ name, path, as, full: false }], [view]);
  const wide = { lang: 'en', width: widths.wide }, phone = { lang: 'de', width: widths.phone };
  await take('inbox', '/', wide);
  await take('task', `/tasks/${task}`, wide);
  await take('task', `/tasks/${task}`, phone);
  await world.answer(as, { id: task }, 'approve', { comment: 'Figures checked' });
  await world.published(report);
  await take('report', `/reports/${report}`, wide);
} finally {
  await browser.close();
  await world.end();
}
