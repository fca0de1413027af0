/** Every command of the pages exists: `timely-sync` with its sub-command and options, and npm with its script. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Command } from 'commander';
import { createProgram } from '../../client/program.ts';
import { beforeCommand, codeOf, pages, wordsOf } from './documented-code.ts';
import { root, textOf } from './source-tree.ts';

const program = createProgram({
  ...{
    out: () => {},
    err: () => {},
    readLine: async () => null,
    watcher: null,
    columns: 80,
    rows: null,
    exitCode: 0,
  },
} as Parameters<typeof createProgram>[0]);
const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };

/** Names of all options that a command takes, its parents' help and version included. */
const optionsOf = (command: Command) => [
  ...command.options.flatMap(({ long, short }) => [long, short]),
  '--help',
  ...(command === program ? ['--version'] : []),
];

/** What is wrong with the words behind `timely-sync`, or null. */
function commandProblem(words: string[]): string | null {
  let command = program;
  let rest = words;
  for (;;) {
    const [name = ''] = rest;
    const next = command.commands.find((each) => each.name() === name);
    if (next) command = next;
    else if (command.commands.length > 0 && /^[a-z][a-z-]*$/.test(name)) return `no command "${name}"`;
    else break;
    rest = rest.slice(1);
  }
  const unknown = rest
    .filter((word) => /^--?[a-z]/.test(word))
    .map((word) => word.split('=')[0] ?? '')
    .filter((word) => !optionsOf(command).includes(word));
  return unknown.length > 0 ? `${command.name()} takes no ${unknown.join(', ')}` : null;
}

/** Commands of npm itself that pages name. */
const npmCommands = ['audit', 'ci', 'exec', 'install', 'pack', 'sbom'];

/** Files that read the arguments of a script. */
const argumentsReadIn: Record<string, string> = {
  bench: 'bench',
  chaos: 'test/chaos',
  fuzz: 'setup/fuzz.mjs',
};

const sourcesOf = (place: string): string =>
  place.endsWith('.mjs')
    ? textOf(place)
    : readdirSync(join(root, place), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts'))
        .map((name) => textOf(join(place, name)))
        .join('\n') + textOf('setup/chaos.mjs');

/** What is wrong with the words behind `npm`, or null. */
function npmProblem(words: string[]): string | null {
  const [first = '', second = ''] = words;
  const script = first === 'run' ? second : first;
  if (first !== 'run' && npmCommands.includes(first)) return null;
  if (scripts[script] === undefined) return `package.json has no script "${script}"`;
  const given = words.slice(words.indexOf('--') + 1);
  if (script === 'start') return commandProblem(['up', ...given.filter((word) => word !== script)]);
  const place = argumentsReadIn[script];
  if (place === undefined || !words.includes('--')) return null;
  const sources = sourcesOf(place);
  const unknown = given
    .filter((word) => word.startsWith('--'))
    .filter((word) => !new RegExp(`\\b${word.slice(2)}\\b|'${word.slice(2)}'`).test(sources));
  return unknown.length > 0 ? `${script} takes no ${unknown.join(', ')}` : null;
}

/** What is wrong with a piece of code, or null: it names no command of ours, or a right one. */
function problemOf(code: string): string | null {
  if (beforeCommand.test(code)) return commandProblem(wordsOf(code.replace(beforeCommand, '')));
  return /^npm /.test(code) ? npmProblem(wordsOf(code).slice(1)) : null;
}

test.each(pages)('%s names commands and options that exist', (page) => {
  const problems = codeOf(textOf(page)).map((code) => [code, problemOf(code)]);
  expect(problems.filter(([, problem]) => problem !== null)).toEqual([]);
});

test('the pages name many commands', () => {
  const all = pages.flatMap((page) => codeOf(textOf(page)));
  expect(all.filter((code) => beforeCommand.test(code)).length).toBeGreaterThan(100);
  expect(all.filter((code) => code.startsWith('npm ')).length).toBeGreaterThan(30);
});

describe('the check', () => {
  test.each([
    ['timely-sync invent contoso', 'no command "invent"'],
    ['timely-sync approvals invent 3', 'no command "invent"'],
    ['npx --no-install timely-sync up --twice # comment', 'up takes no --twice'],
    ['docker compose run --rm timely-sync status --sideways', 'status takes no --sideways'],
    ['kubectl exec -it deployment/commands -- timely-sync sync --half', 'sync takes no --half'],
    ['npm run invent', 'package.json has no script "invent"'],
    ['npm start -- --twice', 'up takes no --twice'],
    ['npm run chaos -- --calm', 'chaos takes no --calm'],
  ])('finds %s', (code, problem) => {
    expect(problemOf(code)).toBe(problem);
  });

  test.each([
    'timely-sync history <tenant> --verify',
    'timely-sync approvals approve contoso/3 --note "a --note"',
    'npm run bench -- first-cycle --people 10',
    'npm start -- --directory okta --once',
    'temporal workflow list --query x',
    'timely-sync',
  ])('accepts %s', (code) => {
    expect(problemOf(code)).toBeNull();
  });
});
