/** What commands load before they do anything: each package costs milliseconds at every start. */
import { expect, test } from '@jest/globals';
import { filesLoadedWith, importsOf, loadsAtOnce } from './source-tree.ts';

/** Packages that a file loads with the files that it imports at once. */
function packagesWith(file: string): string[] {
  const loaded = filesLoadedWith([file]).flatMap(importsOf).filter(loadsAtOnce);
  return loaded.flatMap(({ target, specifier }) =>
    target !== null || specifier.startsWith('node:') ? [] : [specifier],
  );
}

const unique = (packages: string[]) => [...new Set(packages)].sort();

test('the program starts with the parser of command lines and the width of texts', () => {
  expect(unique(packagesWith('client/main.ts'))).toEqual(['string-width']);
  expect(unique(packagesWith('client/program.ts'))).toEqual(['commander']);
});

const atWork = ['@clack/prompts', 'execa', 'ora', 'yaml'];

test.each(['status', 'why', 'approvals-list', 'sync', 'signal'])(
  '%s loads nothing that starts programs, asks, or reads tenant files',
  (action) => {
    const packages = packagesWith(`client/actions/${action}.ts`);
    expect(packages).toContain('@temporalio/client');
    expect(packages.filter((each) => atWork.includes(each))).toEqual([]);
  },
);
