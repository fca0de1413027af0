/** Every command that the pages show is run by a test, with each option that they show; or it stands here with a reason. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { beforeCommand, codeOf, pages, wordsOf } from './documented-code.ts';
import { root, sourceFiles, textOf } from './source-tree.ts';

/** Run by a test that puts its words together from several places: the command with its option, and the test. */
const runElsewhere: Record<string, string> = {
  'config --version': 'test/client/every-command.test.ts',
  'init --directory': 'test/client/init/init.test.ts',
};

/** Other programs of the pages: the test that runs them, or why none does. */
const otherPrograms: Record<string, string> = {
  az: 'registers an application at Microsoft, where no machine of the project has a tenant',
  cp: 'copies a file',
  docker: 'no machine of the project has Docker: test/production/ reads the Dockerfile and the compose files',
  install: 'copies a file with its mode',
  kubectl:
    'no machine of the project has a cluster: test/production/kubernetes.test.ts holds the manifests against their schemas',
  npm: 'test/house/documented-commands.test.ts: the scripts exist; test/setup/ and test/journeys/ run what they start',
  openssl: 'makes a key or turns one into another form',
  pg_dump: 'test/production/backup.test.ts',
  pg_restore: 'test/production/backup.test.ts',
  tcld: 'needs an account of Temporal Cloud; test/production/temporal-versions.test.ts compares the search attributes',
  temporal: 'test/journeys/resilience/rolling-upgrade.long.test.ts does the same by the API',
};
const programs =
  /^(az|cp|curl|docker|git|helm|install|kubectl|kustomize|npm|npx|openssl|pg_dump|pg_restore|psql|tar|tcld|temporal|terraform) /;

const commandsWithCommands = ['approvals', 'sandbox'];

/** `history --verify`: a command with one of its options, or without any. */
function shownOn(page: string): string[] {
  return codeOf(textOf(page)).flatMap((code) => {
    if (!beforeCommand.test(code)) return [];
    const words = wordsOf(code.replace(beforeCommand, '')).filter((word) => !/^["'<[{]/.test(word));
    const isNested = commandsWithCommands.includes(words[0] ?? '');
    const name = words.slice(0, isNested ? 2 : 1).join(' ');
    const options = words.filter((word) => /^--[a-z]/.test(word)).map((word) => word.split('=')[0] ?? '');
    if (name === '' || name.startsWith('-')) return [];
    return options.length > 0 ? options.map((option) => `${name} ${option}`) : [name];
  });
}

/** The texts in each pair of brackets of a test: the words of a command line are in one. */
const linesOfTests = sourceFiles('test').flatMap((file) =>
  [...textOf(file).matchAll(/[[(][^[\]()]*[\])]|words: .*/g)].map(([group]) =>
    [...group.matchAll(/'([^'\n]*)'|`([^`\n]*)`/g)].flatMap(([, text = '', template = '']) =>
      (text || template).split(' '),
    ),
  ),
);

const isRun = (shown: string): boolean =>
  linesOfTests.some((words) => shown.split(' ').every((word) => words.includes(word)));

const shown = [...new Set(pages.flatMap(shownOn))].sort();

test('each command and option of the pages is run by a test', () => {
  expect(shown.length).toBeGreaterThan(40);
  expect(shown.filter((each) => !isRun(each) && runElsewhere[each] === undefined)).toEqual([]);
});

test('the list of those that are run elsewhere is needed, and names tests that are there', () => {
  for (const [each, file] of Object.entries(runElsewhere))
    expect([each, shown.includes(each), isRun(each), existsSync(join(root, file))]).toEqual([
      each,
      true,
      false,
      true,
    ]);
});

test('each other program of the pages has its test, or a reason', () => {
  const named = pages.flatMap((page) =>
    codeOf(textOf(page)).flatMap((code) =>
      beforeCommand.test(code) ? [] : (programs.exec(code)?.[1] ?? []),
    ),
  );
  expect([...new Set(named)].sort()).toEqual(Object.keys(otherPrograms).sort());
  for (const [, file] of Object.values(otherPrograms).flatMap((text) => [
    ...text.matchAll(/(test\/\S+?\.ts|test\/\S+\/)/g),
  ]))
    expect([file, existsSync(join(root, file ?? ''))]).toEqual([file, true]);
});
