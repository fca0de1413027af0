/** Whatever is typed behind `timely-sync` ends with an exit code of ours, and with a sentence where it is not 0. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { runCommand } from '../client/stand-in.ts';
import { runs } from './inputs.ts';

const before = process.env.TEMPORAL_ADDRESS;
beforeAll(() => {
  // Nobody listens on the port for discarding: what makes sense ends with 69.
  process.env.TEMPORAL_ADDRESS = '127.0.0.1:9';
});
afterAll(() => {
  if (before === undefined) delete process.env.TEMPORAL_ADDRESS;
  else process.env.TEMPORAL_ADDRESS = before;
});

const commands = [
  'status',
  'sync',
  'why',
  'pause',
  'stop',
  'provision',
  'history',
  'undo',
  'approvals',
  'check',
  'preview',
  'start',
  'connect',
];
const options = [
  '--json',
  '--full',
  '--only',
  '--except',
  '--note',
  '--by',
  '--yes',
  '--since',
  '--person',
  '--',
  '-',
  '--json=1',
  '--help=x',
];
const word = fc.oneof(
  fc.constantFrom(
    ...options,
    'list',
    'show',
    'approve',
    'contoso',
    'contoso/1',
    '/nonexistent.yaml',
    '/dev/null',
    '0',
    '-1',
  ),
  fc.string().filter((text) => !/^-h|^-o|^--out|^--help$/.test(text)),
);

test('words of any kind', async () => {
  const codes = new Set<number>();
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.constantFrom(...commands),
        fc.string().filter((text) => !/^(up|worker|init|sandbox|watch)$/.test(text)),
      ),
      fc.array(word, { maxLength: 5 }),
      async (command, words) => {
        const { exitCode, err } = await runCommand([command, ...words]);
        codes.add(exitCode);
        expect([0, 1, 2, 69]).toContain(exitCode);
        if (exitCode !== 0) expect(err).toMatch(/\S+ \S+/);
        expect(err).not.toMatch(/TypeError|RangeError|ReferenceError|\n {4}at /);
      },
    ),
    runs(0.1),
  );
  expect([...codes]).toContain(2);
});
