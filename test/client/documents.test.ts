/** The published JSON Schemas: one for each command that prints a document. */
import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { documentJsonSchema, documents } from '../../client/documents/documents.ts';
import { commandLines } from './command-lines.ts';
import { runCommand } from './run-command.ts';
import { sampleDocuments } from './samples.ts';

/** They print no document, or one that only tests read. */
const unpublished = ['complete', 'schema', 'worker'];

test('every command has one', () => {
  const commands = commandLines
    .map((words) => words.join(' '))
    .filter((name) => !name.startsWith('sandbox '));
  expect([...documents.keys()].sort()).toEqual(commands.filter((name) => !unpublished.includes(name)).sort());
});

describe.each([...documents])('of %s', (name, document) => {
  const validate = new Ajv2020({ strict: false }).compile(documentJsonSchema(name, document));

  test('fits what the command prints, with further keys too', () => {
    for (const sample of sampleDocuments[name] ?? []) {
      validate({ ...sample, furtherKey: 1 });
      expect(validate.errors).toBeNull();
    }
  });

  test('refuses another document', () => expect(validate({ nothing: 'of this' })).toBe(false));
});

test('are printed for one command, or for all', async () => {
  const one = await runCommand(['schema', 'approvals', 'list']);
  expect(JSON.parse(one.out)).toMatchObject({ title: 'timely-sync approvals list --json' });
  const all = JSON.parse((await runCommand(['schema'])).out);
  expect(Object.keys(all)).toEqual([...documents.keys()]);
  expect(all['approvals list']).toEqual(JSON.parse(one.out));
});

test.each(['sandbox join', 'constructor', 'approvals'])('schema %s ends with 2', async (name) => {
  const { exitCode, err } = await runCommand(['schema', ...name.split(' ')]);
  expect(exitCode).toBe(2);
  expect(err).toContain(`"${name}" has no published document. Commands are: up, sync, `);
});
