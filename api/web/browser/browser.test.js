// Turnus in a browser: one world for all, since its demo takes a while.
import { after, before, describe, test } from 'node:test';
import { launch } from './browser.js';
import { flows } from './flow.js';
import { pages } from './pages.js';
import { furnish } from './furnish.js';
import { World } from './world.js';

describe('Turnus in a browser', { concurrency: 3 }, () => {
  let world, browser;
  before(async () => {
    [world, browser] = await Promise.all([World.begin(), launch()]);
    await furnish(world);
  });
  after(async () => {
    await browser?.close();
    await world?.end();
  });
  const there = () => ({ world, browser });

  flows(test, there);
  pages(test, there);
});
