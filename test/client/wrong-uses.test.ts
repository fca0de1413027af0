/** Each command used wrongly: it ends with 2 before it asks anybody, and names what is wrong. A new command fails without a row. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Command } from 'commander';
import { createProgram } from '../../client/program.ts';
import { commandLines } from './command-lines.ts';
import { runCommand, silentSession } from './run-command.ts';

const address = process.env.TEMPORAL_ADDRESS;
beforeAll(() => {
  // Nothing answers there: a command that asked would end with 69.
  process.env.TEMPORAL_ADDRESS = '127.0.0.1:1';
});
afterAll(() => {
  if (address === undefined) delete process.env.TEMPORAL_ADDRESS;
  else process.env.TEMPORAL_ADDRESS = address;
});

/** Words that only this command finds wrong, and what it says of them; null: any words of that number may be right. */
const wrongWords: Record<string, [words: string[], says: string][] | null> = {
  up: [
    [['--once'], '--once needs a tenant'],
    [['--port', '70000'], 'from 1 to 65535'],
    [['absent.yaml'], 'absent.yaml cannot be read'],
    [['--sandbox', '--directory', 'ldap'], 'microsoft, okta, sap'],
  ],
  worker: [[['--migrate', '--verify-histories'], 'Give either --migrate']],
  init: [[['new.yaml', '--directory', 'ldap'], 'entra, okta, sap']],
  check: [[['absent.yaml'], 'absent.yaml cannot be read']],
  preview: [
    [['absent.yaml'], 'absent.yaml cannot be read'],
    [['a.yaml', '--against', 'yesterday'], '--against'],
    [['a.yaml', '--out', 'plan.txt'], '--out'],
  ],
  start: [[['absent.yaml'], 'absent.yaml cannot be read']],
  config: [
    [['contoso', '--version', '0'], '"0" is not a version'],
    [['contoso', '--version', '1.5'], '"1.5" is not a version'],
    [['contoso', '--version', 'newest'], '"newest" is not a version'],
  ],
  connect: [[['contoso', '--port', '70000'], 'from 0 to 65535']],
  status: [
    [['--output', 'xml'], 'Allowed choices are table, json, csv'],
    [['--output', 'csv', '--json'], 'cannot be used with'],
    [['contoso', '--output', 'csv'], 'CSV is for the list of all tenants'],
  ],
  invite: null,
  watch: null,
  sync: null,
  provision: null,
  why: null,
  link: null,
  unlink: null,
  'approvals list': [[['--output', 'xml'], 'Allowed choices are table, json, csv']],
  'approvals show': [[['3'], '"3" is not the id of an approval']],
  'approvals approve': [
    [['3'], '"3" is not the id of an approval'],
    [['contoso/3', '--only', 'ada', '--except', 'bo'], 'cannot be used with'],
  ],
  'approvals reject': [[['nonsense', '--yes'], '"nonsense" is not the id of an approval']],
  'approvals reopen': [[['nonsense'], '"nonsense" is not the id of an approval']],
  findings: [[['--kind', 'nonsense'], '"nonsense" is not a kind of finding']],
  history: [
    [['contoso', '--since', 'yesterday'], '"yesterday" is not a time'],
    [['contoso', '--kind', 'fire'], '"fire" is not a kind of entry'],
    [['contoso', '--out', 'journal.txt'], 'neither in .csv nor in .json'],
  ],
  undo: [
    [['contoso', 'last'], '"last" is not a cycle number'],
    [['contoso', '0'], '"0" is not a cycle number'],
  ],
  erase: null,
  pause: null,
  resume: null,
  stop: null,
  completion: [[['tcsh'], 'tcsh']],
  schema: [[['nonsense'], 'nonsense']],
  'sandbox people': null,
  'sandbox mails': null,
  'sandbox fault': [
    [['nobody', 'throttle'], 'nobody'],
    [['timely', 'throttle', '--times', '0'], 'above 0'],
  ],
  'sandbox faults-off': null,
  'sandbox join': null,
  'sandbox leave': null,
  'sandbox move': null,
  'sandbox disable': null,
  'sandbox enable': null,
  'sandbox guest': null,
  'sandbox accept': null,
  'sandbox add-to-group': null,
  'sandbox remove-from-group': null,
  'sandbox nest': null,
  'sandbox grant-role': null,
  'sandbox invite-by-hand': null,
  'sandbox remove-by-hand': null,
};

/** A shell calls it with whatever was typed so far. */
const lines = commandLines.filter(([name]) => name !== 'complete');
const named = lines.map((words) => [words.join(' '), words] as const);

function commandOf(words: readonly string[]): Command {
  const program: Command = createProgram(silentSession());
  return words.reduce(
    (command, word) => command.commands.find((each) => each.name() === word) ?? command,
    program,
  );
}

async function expectWrong(words: string[], says: string): Promise<void> {
  const { exitCode, out, err } = await runCommand(words);
  expect({ exitCode, out, err }).toEqual({ exitCode: 2, out: '', err: expect.stringContaining(says) });
}

test('each command has a row here', () => {
  expect(Object.keys(wrongWords).sort()).toEqual(named.map(([name]) => name).sort());
});

test.each(named)(
  '%s refuses an option that it does not have, and says where its help is',
  async (_, words) => {
    await expectWrong([...words, '--nonsense'], "unknown option '--nonsense'");
    await expectWrong([...words, '--nonsense'], 'add --help for what it takes');
  },
);

const withArguments = named.flatMap(([name, words]) => {
  const taken = commandOf(words).registeredArguments;
  return taken.length > 0 ? [{ name, words, taken }] : [];
});

test.each(withArguments.filter(({ taken }) => taken[0]?.required))(
  '$name says which argument is missing',
  async ({ words, taken }) => {
    await expectWrong([...words], `missing required argument '${taken[0]?.name()}'`);
  },
);

test.each(withArguments.filter(({ taken }) => !taken.at(-1)?.variadic))(
  '$name refuses a word more than it takes',
  async ({ words, taken }) => {
    await expectWrong([...words, ...taken.map(() => 'contoso'), 'more'], 'too many arguments');
  },
);

describe.each(Object.entries(wrongWords).filter(([, rows]) => rows !== null))('%s', (name, rows) => {
  test.each(rows ?? [])('ends with 2 for %j', async (words, says) => {
    await expectWrong([...name.split(' '), ...words], says);
  });
});
