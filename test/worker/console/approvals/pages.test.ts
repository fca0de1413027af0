/** Pages about requests, as HTML: valid, fit for screen readers, and harmless whatever texts a directory has. */
import { expect, test } from '@jest/globals';
import type { Query } from '../../../../domain/contract/query.ts';
import type { ApprovalSummary } from '../../../../domain/contract/report.ts';
import type { DecisionPreview, RequestPage } from '../../../../domain/contract/request-page.ts';
import type { WhoMay } from '../../../../domain/contract/who-may.ts';
import { formValueOf } from '../../../../worker/console/approvals/answer-form.ts';
import { reportLine } from '../../../client/reports.ts';
import { filled, mark } from '../../../support/texts/filled.ts';
import { hostileTexts, unseenCharacter } from '../../../support/texts/hostile-texts.ts';
import { openConsole } from '../support/console-in-process.ts';
import { hrefsIn, htmlProblems, seriousFaults, tagsIn } from '../support/html.ts';

const at = '2026-11-23T12:06:00.000Z';
const summary: ApprovalSummary = {
  ...{ id: 'contoso/3', tenant: 'contoso', rule: 'too-many-removals', state: 'open', changes: 40_000 },
  ...{ opened: at, expires: '2026-11-30T12:06:00.000Z', subjects: [mark, mark, mark, mark] },
};
const group = {
  change: 'remove',
  before: mark,
  after: mark,
  says: mark,
  changes: 39_000,
  undecided: 39_000,
} as const;
const hold = { rule: 'too-many-removals' as const, detail: mark };
const effect = { before: mark, after: mark, says: mark, joins: [mark], leaves: [mark] };
const line = {
  ...reportLine({
    subject: mark,
    name: `the name ${mark}`,
    why: mark,
    change: 'remove',
    status: 'held',
    hold,
    effect,
  }),
  ...{ decision: null, approvedBy: [mark], own: false },
};
const request: RequestPage = {
  ...{ ...summary, approvers: 2, undecided: 39_998, groups: [group], matching: 40_000, from: 100 },
  lines: [line, { ...line, own: true }, { ...line, decision: 'approved' as const }],
  decisions: [
    { decision: 'approve', by: mark, note: mark, channel: 'page', proved: true, changes: 1, facts: '', at },
    {
      decision: 'reject',
      by: 'lea@contoso.example',
      note: '',
      channel: 'command',
      changes: 1,
      facts: '',
      at,
    },
  ],
};
const preview: DecisionPreview = {
  ...{ decided: 39_000, pending: 1, stale: 2, own: 3, left: 4, groups: [group], first: [`the name ${mark}`] },
};

function answerOf(query: Query, state: RequestPage['state']): unknown {
  switch (query.about) {
    case 'approvals':
      return { items: [summary, { ...summary, id: 'contoso/4' }], next: 24 };
    case 'requestPage':
      return { ...request, state };
    case 'decisionPreview':
      return preview;
    default:
      throw new Error(`Nobody asks for ${query.about}.`);
  }
}

interface Seen {
  whoMay?: Partial<WhoMay>;
  state?: RequestPage['state'];
}

const decides: Partial<WhoMay> = {
  by: 'lea@contoso.example',
  mayDecide: true,
  mayLook: true,
  isWhoNamed: true,
};

/** Opens a page of a tenant whose directory has a text in each place where a text from outside stands. */
async function opened(
  path: string,
  text: string | (() => string),
  { whoMay = decides, state = 'open' }: Seen = {},
) {
  const site = openConsole({
    answers: { runQuery: async (query: Query) => filled(answerOf(query, state), text) },
    whoMay,
  });
  const browser = await site.browser().signIn('contoso');
  const { status, page } = await browser.get(`${site.pathOf('contoso')}/approvals${path}`);
  expect(status).toBe(200);
  return page;
}

const part = new URLSearchParams({ kind: 'except', other: 'remove%3Aada%40contoso.example', note: 'why' });
// A row without its second part would get jest's own callback there.
const pages: [string, Seen][] = [
  ['', {}],
  ['?all=yes&after=24', {}],
  ['/3', {}],
  ['/3?go=from:100&search=ada', {}],
  ['/3', { state: 'partly approved' }],
  ['/3', { whoMay: { mayLook: true, isWhoNamed: true } }],
  ['/3', { whoMay: { mayLook: true } }],
  [`/3?go=approve&${part}`, {}],
  ['/3?go=reject&kind=except', {}],
];

test.each(pages)(
  'the page %s is valid HTML, and nothing of it keeps anybody from using it',
  async (path, seen) => {
    const page = await opened(path, 'Ada', seen);
    expect(await htmlProblems(page)).toEqual([]);
    expect(await seriousFaults(page)).toEqual([]);
  },
);

test.each(pages)('the page %s shows hostile texts as texts', async (path, seen) => {
  const usual = tagsIn(await opened(path, 'Ada', seen));
  for (let [used, before] = [0, -1]; used > before && used < hostileTexts.length; ) {
    before = used;
    const page = await opened(path, () => hostileTexts[used++ % hostileTexts.length] ?? '', seen);
    expect(tagsIn(page)).toEqual(usual);
    expect(page).not.toMatch(unseenCharacter);
    for (const href of hrefsIn(page)) expect(href).toMatch(/^\/(t\/contoso~|style-|icon-)|^#main$/);
  }
});

test('a note that is too long ends before a character that does not fit', async () => {
  const fits = 'a'.repeat(1_999);
  const page = await opened(
    `/3?${new URLSearchParams({ go: 'approve', kind: 'except', note: `${fits}😀` })}`,
    'Ada',
    {},
  );
  expect(page).toContain(`name="note" value="${fits}"`);
});

test.each(['search', 'approve'])('what a person types is shown as a text, on the way to %s', async (go) => {
  const pageWith = (text: string) => {
    const typed = {
      search: `ada ${text}`,
      note: `note ${text}`,
      other: formValueOf(text),
      kind: 'except',
      go,
    };
    return opened(`/3?${new URLSearchParams(typed)}`, 'Ada', {});
  };
  const usual = tagsIn(await pageWith('ada'));
  // Several at once, since each page costs its time.
  for (let from = 0; from < hostileTexts.length; from += 10) {
    const page = await pageWith(hostileTexts.slice(from, from + 10).join(' '));
    expect(tagsIn(page)).toEqual(usual);
    expect(page).not.toMatch(unseenCharacter);
  }
});
