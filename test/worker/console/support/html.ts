/** What pages are made of, and what is wrong with them: as HTML, and for people who cannot see or use a mouse. */
import axe from 'axe-core';
import { HtmlValidate } from 'html-validate';
import { JSDOM } from 'jsdom';

/** The rules of the HTML standard and of WCAG, less those about how the source is written. */
const validator = new HtmlValidate({
  extends: ['html-validate:standard', 'html-validate:a11y', 'html-validate:document'],
  rules: {
    // JSX writes attributes without a value as empty, and ends void elements as XHTML does.
    'attribute-boolean-style': 'off',
    'attribute-empty-style': 'off',
    'void-style': 'off',
    'long-title': 'off',
    // Our own style sheet, from our own host.
    'require-sri': 'off',
  },
});

/** Problems as `rule: message`; empty for a valid page. */
export async function htmlProblems(page: string): Promise<string[]> {
  const { results } = await validator.validateString(page);
  return results.flatMap(({ messages }) => messages.map(({ ruleId, message }) => `${ruleId}: ${message}`));
}

const { window } = new JSDOM('', { runScripts: 'outside-only', pretendToBeVisual: true });

/** What axe-core finds serious or worse, as `rule: element`. Colours need a browser. */
export async function seriousFaults(page: string): Promise<string[]> {
  const { document } = window;
  document.open();
  document.write(page);
  document.close();
  window.axe ?? window.eval(axe.source);
  const { violations } = await (window.axe ?? axe).run(document, {
    rules: { 'color-contrast': { enabled: false } },
  });
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

/** The elements of a page in their order, and the names of their attributes. Code in a sentence does not count. */
export const tagsIn = (page: string): string[] =>
  [...page.matchAll(/<(\/?[a-z][a-z0-9]*)((?:\s+[a-z-]+(?:="[^"]*")?)*)\s*\/?>/g)]
    .filter(([, tag]) => tag !== 'code' && tag !== '/code')
    .map(([, tag = '', attributes = '']) =>
      [tag, ...[...attributes.matchAll(/\s([a-z-]+)(?:="[^"]*")?/g)].map(([, name]) => name)].join(' '),
    );

export const hrefsIn = (page: string): string[] =>
  [...page.matchAll(/ (?:href|action)="([^"]*)"/g)].map(([, href = '']) => href);

const parsed = (page: string) => new JSDOM(page).window.document;

const shownText = (element: { textContent: string | null }) =>
  (element.textContent ?? '').replace(/\s+/g, ' ').trim();

/** What a reader sees of a page, in one line. */
export const textOf = (page: string): string => shownText(parsed(page).body);

/** The cells of the table with this caption, row by row; none without such a table. */
export function cellsOf(page: string, caption: string): string[][] {
  const tables = [...parsed(page).querySelectorAll('table')];
  const table = tables.find((each) => each.caption && shownText(each.caption) === caption);
  return [...(table?.tBodies[0]?.rows ?? [])].map((row) => [...row.cells].map(shownText));
}

/** The address of the first link with this text; null without one. */
export function linkTo(page: string, text: string): string | null {
  const link = [...parsed(page).querySelectorAll('a')].find((each) => shownText(each) === text);
  return link?.getAttribute('href') ?? null;
}
