/** What every page has to pass, and its picture for the documentation. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import axe from 'axe-core';
import type { Page } from 'playwright-core';

const images = join(import.meta.dirname, '..', '..', '..', 'docs', 'images');

/** With CONSOLE_PICTURES=1 journeys take the pictures of the documentation. */
export const takesPictures = Boolean(process.env.CONSOLE_PICTURES);

/** Long lists are cut off. */
const pictureHeightMax = 1_400;

/** Fails when axe-core finds a serious or critical problem. */
export async function expectAccessible(page: Page): Promise<void> {
  // The value of the source is no JSON.
  await page.evaluate(`${axe.source};0`);
  const { violations } = await page.evaluate<axe.AxeResults>('axe.run()');
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  const found = serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  expect({ url: new URL(page.url()).pathname, found }).toEqual({ url: expect.any(String), found: [] });
}

/** Fails when a page is wider than its window, so that a person has to scroll sideways. */
export async function expectNoSideways(page: Page): Promise<void> {
  const [wanted, shown] = await page.evaluate<[number, number]>(
    '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
  );
  expect({ path: new URL(page.url()).pathname, wanted }).toEqual({ path: expect.any(String), wanted: shown });
}

/** Checks a page, and with CONSOLE_PICTURES=1 takes docs/images/console-<name>.png. */
export async function look(page: Page, name: string): Promise<void> {
  await expectAccessible(page);
  if (!takesPictures) return;
  const { width, height } = await page.evaluate<{ width: number; height: number }>(
    '({ width: innerWidth, height: Math.ceil(document.body.getBoundingClientRect().height) })',
  );
  // A pointer or a focus of the test would look as if it meant something.
  await page.mouse.move(0, 0);
  await page.evaluate('document.activeElement?.blur()');
  const clip = { x: 0, y: 0, width, height: Math.min(height, pictureHeightMax) };
  writeFileSync(join(images, `console-${name}.png`), await page.screenshot({ fullPage: true, clip }));
}

/** Enough for any page of the journeys. */
const tabsMax = 400;

/** Presses Tab until the control of this name has the focus, as a person without a mouse does. */
export async function tabTo(page: Page, name: string): Promise<void> {
  for (let pressed = 0; pressed < tabsMax; pressed += 1) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate<string>(
      '(document.activeElement.labels?.[0] ?? document.activeElement).textContent.trim()',
    );
    if (focused === name) return;
  }
  throw new Error(`Tab never comes to "${name}".`);
}
