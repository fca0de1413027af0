/** A count and its noun agree: "1 seat", never "1 seats". `formatCount` (domain/text.ts) puts them together. */
import { expect, test } from '@jest/globals';
import { sourceFiles, textOf } from './source-tree.ts';

const folders = [
  ...['activities', 'client', 'config', 'directory', 'domain', 'http', 'notify', 'store', 'timely', 'worker'],
  'workflows',
];
const nouns =
  'accounts|approvals|changes|cycles|days|entries|errors|findings|groups|invitations|lines|members|objects|others|people|persons|removals|requests|seats|teams|tenants|users|warnings';
/** `${a} of ${b} people` is right for any number but one of one. */
const counted = new RegExp(String.raw`(?<!of )\$\{([^{}]*)\} (${nouns})\b`, 'g');

/** The number is never one, or a limit that the program sets. */
const neverOne = [
  'holders.length teams',
  'resolution.groups.length groups',
  'count groups',
  'members.length members',
  'count requests',
  'this.#unanswered changes',
  'issue.minimum entries',
  'limits.list entries',
  'problems.length entries',
  // A verb, not a number.
  'done requests',
];

test('no text puts a number before a noun in the plural', () => {
  const found = folders.flatMap((folder) =>
    sourceFiles(folder).flatMap((file) =>
      [...textOf(file).matchAll(counted)].map(([, count, noun]) => ({ file, text: `${count} ${noun}` })),
    ),
  );
  expect(found.filter(({ text }) => !neverOne.includes(text))).toEqual([]);
});
