import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, posix } from 'node:path';
import { describe, expect, test } from '@jest/globals';

/**
 * Everything that a comment or a page cites is there: the file, the section of that number, the heading behind a `#`.
 * A citation is a path from the root of the repository, with ` section N` or ` sections N and M` behind it.
 */
const root = join(import.meta.dirname, '..', '..');
/** The samples in here are wrong on purpose. */
const thisFile = 'test/house/citations.test.ts';

/** What may be cited of a page: the numbers of its headings, and what a link may name behind `#`. */
interface Page {
  sections: Set<string>;
  anchors: Set<string>;
}
interface Tree {
  has(path: string): boolean;
  /** Null where there is no such page. */
  page(path: string): Page | null;
}

const withoutCode = (markdown: string) => markdown.replace(/^```[\s\S]*?^```/gm, '');

function pageOf(markdown: string): Page {
  const text = withoutCode(markdown);
  const headings = [...text.matchAll(/^#{1,6} +(.*)$/gm)].map(([, heading = '']) => heading.trim());
  const sections = headings.flatMap((heading) => /^(\d+(?:\.\d+)*)[. ]/.exec(heading)?.[1] ?? []);
  const anchors = new Set([...text.matchAll(/<a (?:id|name)="([^"]+)">/g)].map(([, id = '']) => id));
  for (const heading of headings) {
    const slug = slugOf(heading);
    let anchor = slug;
    for (let count = 1; anchors.has(anchor); count += 1) anchor = `${slug}-${count}`;
    anchors.add(anchor);
  }
  return { sections: new Set(sections), anchors };
}

/** As GitHub makes them: lower case, no punctuation, a hyphen for each blank. */
const slugOf = (heading: string) =>
  heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_ -]/gu, '')
    .replaceAll(' ', '-');

const commentForms: Record<string, RegExp> = {
  '.ts': /(?<=^|[\s({,;])\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/ .*$/gm,
  '.sql': /(?<=^|\s)--.*$/gm,
  '.sh': /(?<=^|\s)#.*$/gm,
};
const formOf: Record<string, string> = {
  '.mjs': '.ts',
  '.tsx': '.ts',
  '.yaml': '.sh',
  '.yml': '.sh',
  '': '.sh',
  '.example': '.sh',
};

/** Comments of a source file; a comment that goes over several lines is one text. */
function commentsOf(path: string, text: string): string {
  const form = commentForms[formOf[extname(path)] ?? extname(path)];
  return form ? [...text.matchAll(form)].map(([comment]) => comment).join('\n') : '';
}

const onOneLine = (text: string) => text.replace(/\s*\n[ \t]*(?:\*(?!\/)|\/\/|#|--)?[ \t]*/g, ' ');
const withoutAddresses = (text: string) => text.replace(/\b\w+:\/\/\S+/g, '');

const number = String.raw`\d+(?:\.\d+)*`;
const citation = new RegExp(
  String.raw`(?<![\w./-])(docs/[\w./-]+\.md)\b(?:#([\w-]+))?(?: sections? (${number}(?:(?:, | and | to )${number})*))?`,
  'g',
);

/** Numbers of `2`, `2.1, 3 and 5`, or `2 to 5`, the ones between included. */
function numbersOf(list: string): string[] {
  const [from = '', to] = list.split(' to ');
  if (to === undefined) return list.split(/, | and /);
  const [first, last] = [Number(from), Number(to)];
  return Number.isInteger(first) && Number.isInteger(last)
    ? Array.from({ length: Math.max(last - first, 0) + 1 }, (_, index) => String(first + index))
    : [from, to];
}

/** What is wrong with the pages of `docs/` that a text cites. */
function citationProblems(text: string, tree: Tree): string[] {
  const wrongForm = [...text.matchAll(/\bdocs\/[\w./-]+\.md(?:, ?| ?§| \()sections? \d/g)];
  return [
    ...wrongForm.map(([cited]) => `"${cited}" is not written as "docs/….md section N"`),
    ...[...text.matchAll(citation)].flatMap(([, path = '', anchor, list]) => {
      const page = tree.page(path);
      if (!page) return [`${path} does not exist`];
      const missing = (list ? numbersOf(list) : []).filter((section) => !page.sections.has(section));
      const lost = anchor !== undefined && !page.anchors.has(anchor) ? [`${path} has no #${anchor}`] : [];
      return [...lost, ...missing.map((section) => `${path} has no section ${section}`)];
    }),
  ];
}

/** What is wrong with the citations of a source file. */
function sourceProblems(path: string, source: string, tree: Tree): string[] {
  const text = withoutAddresses(onOneLine(source));
  const comments = withoutAddresses(onOneLine(commentsOf(path, source)));
  const names = [...comments.matchAll(/(?<![\w./-])[\w.][\w./-]*\.md\b/g)].map(([name]) => name);
  const foreign = names.filter((name) => !name.startsWith('docs/') && !tree.has(name));
  const uncited = comments.replace(citation, '').replace(/\bRFC \d+,? sections? [\d.]+/g, '');
  return [
    ...outsideDocuments(text),
    ...citationProblems(text, tree),
    ...foreign.map((name) => `${name} is not a path from the root of the repository`),
    ...[...uncited.matchAll(/\bsections? \d[\d.]*/g)].map(([section]) => `"${section}" names no file`),
  ];
}

/** What is wrong with the links of a page, and with what it cites. */
function pageProblems(path: string, markdown: string, tree: Tree): string[] {
  const text = withoutCode(markdown);
  const links = [...text.replace(/`[^`\n]*`/g, '').matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  const lost = links
    .filter((link) => !/^\w+:/.test(link))
    .filter((link) => {
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? path : posix.join(posix.dirname(path), file);
      const page = tree.page(target);
      return !tree.has(target) || (anchor !== undefined && !page?.anchors.has(anchor));
    });
  // The datasheets name pages of other repositories, which have a folder `docs/` as well.
  const cites = path.startsWith('docs/reference/') ? [] : citationProblems(onOneLine(text), tree);
  const named = path.startsWith('docs/reference/') ? [] : lostFiles(text, tree);
  return [
    ...outsideDocuments(text),
    ...cites,
    ...named,
    ...lost.map((link) => `the link ${link} leads nowhere`),
  ];
}

/** Source files that a page names in code marks and that are not in the tree. */
const lostFiles = (text: string, tree: Tree) =>
  [...text.matchAll(/`([a-z]+\/[\w./-]+\.(?:tsx?|mjs|sql|sh))`/g)]
    .map(([, file = '']) => file)
    .filter((file) => !tree.has(file))
    .map((file) => `${file} is not in the repository`);

const outsideDocuments = (text: string) =>
  [...text.matchAll(/\b(?:behaviour|house)\.md\b/gi)].map(([name]) => `${name} is not in the repository`);

const skipped = new Set(['node_modules', 'dist', 'secrets']);
const isHidden = (name: string) => name.startsWith('.') && name !== '.ci' && name !== '.env.example';

function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter(({ name }) => !skipped.has(name) && !isHidden(name))
    .flatMap((entry) => {
      const path = posix.join(folder, entry.name);
      return entry.isDirectory() ? filesBelow(path) : [path];
    });
}

const files = filesBelow('').filter((path) => path !== thisFile);
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const pages = new Map(files.filter((path) => path.endsWith('.md')).map((path) => [path, pageOf(read(path))]));
const repository: Tree = {
  has: (path) => existsSync(join(root, path)),
  page: (path) => pages.get(path) ?? null,
};
const isSource = (path: string) =>
  /\.(?:tsx?|mjs|sh|sql|ya?ml|schema\.json)$|^(?:\.ci\/run|\.env\.example|Dockerfile)$/.test(path);

describe('in this repository', () => {
  test('comments and strings cite pages and sections that exist', () => {
    const sources = files.filter(isSource);
    expect(sources.length).toBeGreaterThan(500);
    const wrong = sources.flatMap((path) =>
      sourceProblems(path, read(path), repository).map((problem) => `${path}: ${problem}`),
    );
    expect(wrong).toEqual([]);
  });

  test('links of pages lead to files and headings that exist', () => {
    expect(pages.size).toBeGreaterThan(10);
    const wrong = [...pages.keys()].flatMap((path) =>
      pageProblems(path, read(path), repository).map((problem) => `${path}: ${problem}`),
    );
    expect(wrong).toEqual([]);
  });
});

describe('the check', () => {
  const rules = pageOf('# Rules\n## 1 Reading\n### 1.5 Point reads\n## 2. Who\n## 3 Who\n<a id="own"></a>\n');
  const tree: Tree = {
    has: (path) => ['docs/rules.md', 'CONTRIBUTING.md', 'docs'].includes(path),
    page: (path) => (path === 'docs/rules.md' ? rules : null),
  };

  test.each([
    '/** docs/rules.md */',
    '/** Reads (docs/rules.md section 1.5), or not. */',
    '// docs/rules.md sections 1, 1.5 and 2; RFC 8252, section 7.3; CONTRIBUTING.md',
    '/**\n * Says docs/rules.md\n * sections 1 to 3.\n */',
    'const runbook = "docs/rules.md#1-reading";',
    '// https://example.com/docs/other.md#section-9',
    'const page = read("other.md");',
  ])('accepts %j', (source) => {
    expect(sourceProblems('some.ts', source, tree)).toEqual([]);
  });

  test.each([
    ['// docs/other.md', 'docs/other.md does not exist'],
    ['const page = "docs/other.md";', 'docs/other.md does not exist'],
    ['// docs/rules.md section 4', 'docs/rules.md has no section 4'],
    ['/**\n * docs/rules.md\n * section 1.6\n */', 'docs/rules.md has no section 1.6'],
    ['// docs/rules.md sections 1 and 7', 'docs/rules.md has no section 7'],
    ['// docs/rules.md sections 2 to 4', 'docs/rules.md has no section 4'],
    ['const runbook = "docs/rules.md#3-reading";', 'docs/rules.md has no #3-reading'],
    ['// docs/rules.md, section 1', '"docs/rules.md, section 1" is not written as "docs/….md section N"'],
    ['// as rules.md says', 'rules.md is not a path from the root of the repository'],
    ['// as ../docs/rules.md says', '../docs/rules.md is not a path from the root of the repository'],
    ['const text = "behaviour.md";', 'behaviour.md is not in the repository'],
    ['/** Kept for a day (section 1). */', '"section 1" names no file'],
  ])('refuses %j', (source, problem) => {
    expect(sourceProblems('some.ts', source, tree)).toContain(problem);
  });

  test.each([
    ['some.yaml', '# docs/rules.md section 9'],
    ['some.sh', 'true # docs/rules.md section 9'],
    ['some.sql', '-- docs/rules.md section 9'],
    ['some.mjs', '// docs/rules.md section 9'],
  ])('looks into the comments of %s', (path, source) => {
    expect(sourceProblems(path, source, tree)).toEqual(['docs/rules.md has no section 9']);
  });

  test('refuses links of pages that lead nowhere', () => {
    const markdown =
      '[a](rules.md#own) [b](rules.md#who) [c](other.md) [d](#2-who) `[e](none.md)` [f](https://x.y)';
    const problems = ['the link rules.md#who leads nowhere', 'the link other.md leads nowhere'];
    expect(pageProblems('docs/rules.md', markdown, tree)).toEqual(problems);
  });

  test('refuses source files in code marks that are not in the tree', () => {
    const markdown = 'See `domain/rules.ts`, `docs/rules.md` and `domain/<rule>.ts`.';
    expect(pageProblems('docs/rules.md', markdown, tree)).toEqual([
      'domain/rules.ts is not in the repository',
    ]);
  });

  test('numbers anchors of equal headings as GitHub does', () => {
    expect([...pageOf("## What's new?\n## Whats new\n").anchors]).toEqual(['whats-new', 'whats-new-1']);
  });
});
