/** Every page that looks something up, as HTML: valid, fit for screen readers, and harmless whatever texts a directory has. */
import { describe, expect, test } from '@jest/globals';
import type { Query } from '../../../../domain/contract/query.ts';
import { filled } from '../../../support/texts/filled.ts';
import { hostileTexts, unseenCharacter } from '../../../support/texts/hostile-texts.ts';
import { openConsole } from '../support/console-in-process.ts';
import { hrefsIn, htmlProblems, seriousFaults, tagsIn } from '../support/html.ts';
import { cannedAnswer, pausedLoop } from './canned-answers.ts';

/** Opens a page of a tenant whose directory has `text` in each place where a text from outside stands. */
async function opened(path: string, text: string): Promise<string> {
  const site = openConsole({
    answers: { runQuery: async (query: Query) => filled(cannedAnswer(query), text) },
    loops: new Map([['contoso', filled(pausedLoop, text)]]),
    whoMay: { mayLook: true },
  });
  const browser = await site.browser().signIn('contoso');
  const { status, page } = await browser.get(`${site.pathOf('contoso')}${path}`);
  expect(status).toBe(200);
  return page;
}

const paths = [
  '',
  '/people',
  '/people?find=person',
  '/people?find=team',
  '/people?find=several',
  '/people?find=nobody',
  '/cycles',
  '/cycles?after=50',
  '/cycles/7',
  '/cycles/7?status=held&find=bo&after=60',
  '/holds',
  '/holds?status=failed',
  '/holds?status=refused',
  '/findings',
  '/findings?kind=no-email&find=bo&after=150',
  '/journal',
  '/journal?kind=remove&find=bo&since=2026-11-01&after=41',
];

describe.each(paths)('the page %s', (path) => {
  test('is valid HTML that says nothing twice', async () => {
    expect(await htmlProblems(await opened(path, 'Ada'))).toEqual([]);
  });

  test('has nothing that keeps somebody from using it', async () => {
    expect(await seriousFaults(await opened(path, 'Ada'))).toEqual([]);
  });

  test('shows hostile texts as texts', async () => {
    const usual = tagsIn(await opened(path, 'Ada'));
    for (const hostile of hostileTexts) {
      const page = await opened(path, hostile);
      expect(tagsIn(page)).toEqual(usual);
      expect(page).not.toMatch(unseenCharacter);
      for (const href of hrefsIn(page)) expect(href).toMatch(/^(\/t\/contoso~|\/style-|#main)/);
    }
  });
});

test('a text that was looked for is shown as a text', async () => {
  for (const hostile of hostileTexts) {
    const page = await opened(`/people?${new URLSearchParams({ find: hostile })}`, 'Ada');
    expect(page).not.toMatch(unseenCharacter);
    expect(tagsIn(page)).toEqual(tagsIn(await opened('/people?find=nobody', 'Ada')));
  }
});
