/** The pages that say no more than they have to are valid HTML, and usable without eyes or a mouse. */
import { expect, test } from '@jest/globals';
import { type ConsoleOptions, openConsole } from './support/console-in-process.ts';
import { htmlProblems, seriousFaults } from './support/html.ts';

type Console = ReturnType<typeof openConsole>;
const looks = { by: 'ada@contoso.example', mayLook: true };

const pages: [
  name: string,
  options: ConsoleOptions,
  open: (console: Console, base: string) => Promise<string>,
][] = [
  ['nothing is here', {}, async ({ browser }) => (await browser().get('/')).page],
  [
    'not for you',
    { whoMay: { by: 'ada@contoso.example' } },
    async ({ browser }, base) => (await (await browser().signIn('contoso')).get(base)).page,
  ],
  ['signed out', {}, async ({ browser }, base) => (await browser().get(`${base}/signed-out`)).page],
  ['not signed in', {}, async ({ browser }) => (await browser().get('/sign-in/callback?state=x')).page],
  [
    'a form of another site',
    {},
    async ({ browser }, base) => (await browser().post(base, {}, { origin: 'https://evil.example' })).page,
  ],
  ['a form that is kept', {}, async ({ browser }, base) => (await browser().post(base, { note: 'x' })).page],
  [
    'a form that is too large to be kept',
    {},
    async ({ browser }, base) => {
      const note = Array.from({ length: 2_000 }, (_, index) => (index * 7_919).toString(36)).join('');
      return (await browser().post(base, { note })).page;
    },
  ],
  [
    'a form of an earlier session',
    { whoMay: looks },
    async ({ browser }, base) =>
      (await (await browser().signIn('contoso')).post(base, { token: 'x', note: '"' })).page,
  ],
  [
    'too large',
    {},
    async ({ browser }, base) => (await browser().post(base, { note: 'x'.repeat(300_000) })).page,
  ],
  [
    'too many sign-ins',
    {},
    async ({ browser, deps }, base) => {
      deps.signInLimits.allow = async () => false;
      return (await browser().get(`${base}/sign-in`)).page;
    },
  ],
  [
    'trouble',
    { whoMay: looks },
    async ({ browser, deps }, base) => {
      deps.whoMay = async () => {
        throw new Error('x');
      };
      return (await (await browser().signIn('contoso')).get(base)).page;
    },
  ],
];

test.each(pages)('%s', async (_, options, open) => {
  const console = openConsole(options);
  const page = await open(console, console.pathOf('contoso'));
  expect(await htmlProblems(page)).toEqual([]);
  expect(await seriousFaults(page)).toEqual([]);
});
