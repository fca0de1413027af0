/** Any words after `timely-sync` end with one of our exit codes, and with a sentence when it is not 0. */
import { once } from 'node:events';
import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { runCommand } from '../client/run-command.ts';
import { runs } from './inputs.ts';

/**
 * A Temporal that denies access, so that valid commands end with 69 at once. Without a listener they would take 5 s.
 */
const closed = createServer().on('stream', (stream) => {
  const permissionDenied = '7';
  stream.respond(
    { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': permissionDenied },
    { endStream: true },
  );
});
const before = process.env.TEMPORAL_ADDRESS;
beforeAll(async () => {
  await once(closed.listen(0, '127.0.0.1'), 'listening');
  process.env.TEMPORAL_ADDRESS = `127.0.0.1:${(closed.address() as AddressInfo).port}`;
});
afterAll(async () => {
  if (before === undefined) delete process.env.TEMPORAL_ADDRESS;
  else process.env.TEMPORAL_ADDRESS = before;
  await once(closed.close(), 'close');
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
  'findings',
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

test('words of any kind end with one of our exit codes', async () => {
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
    runs(),
  );
  expect([...codes]).toEqual(expect.arrayContaining([2, 69]));
});
