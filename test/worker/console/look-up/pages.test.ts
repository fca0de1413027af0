/** Every page that looks something up, as HTML: valid, fit for screen readers, and harmless whatever texts a directory has. */
import { expect, test } from '@jest/globals';
import type { Query } from '../../../../domain/contract/query.ts';
import { filled } from '../../../support/texts/filled.ts';
import { hostileTexts, unseenCharacter } from '../../../support/texts/hostile-texts.ts';
import { openConsole } from '../support/console-in-process.ts';
import { hrefsIn, htmlProblems, seriousFaults, tagsIn, textOf } from '../support/html.ts';
import { cannedAnswer, pausedLoop } from './canned-answers.ts';

const operators = {
  ...{ addresses: ['ops@vendor.example'], issuer: 'https://login.vendor.example' },
  ...{ clientId: 'console', clientSecret: 'env:SECRET' },
};

/** Opens a page of a tenant whose directory has a text in each place where a text from outside stands. */
async function opened(path: string, text: string | (() => string)): Promise<string> {
  const site = openConsole({
    answers: { runQuery: async (query: Query) => filled(cannedAnswer(query), text) },
    loops: new Map([['contoso', filled(pausedLoop, text)]]),
    whoMay: { mayLook: true },
    settings: { operators },
  });
  const isOfAll = path.startsWith('/tenants');
  const browser = await site.browser().signIn(isOfAll ? null : 'contoso', { addresses: operators.addresses });
  const { status, page } = await browser.get(isOfAll ? path : `${site.pathOf('contoso')}${path}`);
  expect(status).toBe(200);
  return page;
}

const pages = [
  ...['', '/people', '/people?find=person', '/people?find=team', '/people?find=several', '/cycles'],
  ...['/cycles/7?status=held', '/holds?status=refused', '/findings', '/journal', '/tenants'],
];
/** The same with other contents. */
const variants = [
  ...['/cycles/7', '/holds?status=failed&find=bo&after=60', '/findings?kind=no-email&find=bo&after=150'],
  '/people?find=several&after=20',
  '/journal?kind=remove&find=bo&since=2026-11-01&after=41',
];

test.each(pages)('the page %s is valid HTML, and nothing of it keeps anybody from using it', async (path) => {
  const page = await opened(path, 'Ada');
  expect(await htmlProblems(page)).toEqual([]);
  expect(await seriousFaults(page)).toEqual([]);
});

test.each([...pages, ...variants])('the page %s shows hostile texts as texts', async (path) => {
  const usual = tagsIn(await opened(path, 'Ada'));
  for (let [used, before] = [0, -1]; used > before && used < hostileTexts.length; ) {
    before = used;
    const page = await opened(path, () => hostileTexts[used++ % hostileTexts.length] ?? '');
    expect(tagsIn(page)).toEqual(usual);
    expect(page).not.toMatch(unseenCharacter);
    for (const href of hrefsIn(page))
      expect(href).toMatch(/^\/(t\/contoso~|style-|icon-|tenants|operators\/)|^#main$/);
  }
});

test('the reason of a hold is not said again beside it', async () => {
  const page = textOf(await opened('/cycles/7?status=held', 'Ada'));
  expect(page).toContain('It was not approved. A new approval opens when the facts change.');
});

test('a text that was looked for is shown as a text', async () => {
  const usual = tagsIn(await opened('/people?find=nobody', 'Ada'));
  for (const hostile of hostileTexts) {
    const page = await opened(`/people?${new URLSearchParams({ find: hostile })}`, 'Ada');
    expect(page).not.toMatch(unseenCharacter);
    expect(tagsIn(page)).toEqual(usual);
  }
});
