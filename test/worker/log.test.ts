import { expect, test } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import { failureTypes } from '../../domain/errors.ts';
import { createLog, temporalLogger, withoutSecrets } from '../../worker/log.ts';
import { terminalAttacks, unseenCharacter } from '../support/texts/hostile-texts.ts';

function logged(
  level: string,
  write: (log: ReturnType<typeof createLog>) => void,
): Record<string, unknown>[] {
  const lines: string[] = [];
  write(createLog(level, { write: (line) => lines.push(line) }));
  return lines.map((line) => JSON.parse(line));
}

test.each([
  ['an address of a person', 'user bo.example+x@contoso.example is gone', 'bo.example'],
  ['a password of a database', 'cannot open postgres://sync:hunter2@db:5432/sync', 'hunter2'],
  ['a header', 'sent Authorization: Bearer abcDEF123456.x', 'abcDEF123456'],
  ['a token that proves itself', 'got eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln back', 'eyJhbGci'],
  ['a form', 'grant_type=refresh_token&refresh_token=hunter2&client_secret=hunter3', 'hunter'],
  ['an answer', '{"access_token":"hunter2","expires_in":3}', 'hunter2'],
])('%s never gets into a line, at any place', (_, text, secret) => {
  const [line] = logged('info', (log) => log.info({ failure: text, deep: { cause: [text] } }, text));
  expect(JSON.stringify(line)).not.toContain(secret);
});

test('other text stays as it is', () => {
  const text =
    '{"tenant":"contoso","cycle":3,"code":14,"at":"2026-11-24T16:00:00.000Z","url":"http://db:5432/x?a=1"}';
  expect(withoutSecrets(text)).toBe(text);
});

test('a failure is logged with its class and message, without its cause and stack', () => {
  const cause = new Error('the body of a foreign answer');
  const error = ApplicationFailure.create({ message: 'No answer.', type: failureTypes.transient, cause });
  const [line] = logged('info', (log) =>
    temporalLogger(log).warn('Activity failed', { error, taskToken: 'abc' }),
  );
  expect(line).toMatchObject({ level: 40, class: 'TransientError', failure: 'No answer.' });
  expect(JSON.stringify(line)).not.toMatch(/foreign|stack|taskToken/);
});

test('what a person typed is told to that person and not to the log', () => {
  const error = ApplicationFailure.create({
    message: 'No person is "Nora Winter".',
    type: failureTypes.wrongUse,
  });
  const [line] = logged('info', (log) => temporalLogger(log).warn('Activity failed', { error }));
  expect(line).toMatchObject({ class: failureTypes.wrongUse });
  expect(JSON.stringify(line)).not.toContain('Nora');
});

test('a line holds the exact text, and only characters that a terminal shows', () => {
  const lines: string[] = [];
  createLog('info', { write: (line) => lines.push(line) }).info({ failure: terminalAttacks }, 'x');
  const [line = ''] = lines;
  expect(line).toMatch(/^[^\n]+\n$/);
  expect(line).not.toMatch(unseenCharacter);
  expect(JSON.parse(line).failure).toContain('\u009b2J\u009d0;title\u009c C1 controls');
});

test('the level selects what is written', () => {
  const write = (log: ReturnType<typeof createLog>) => {
    log.info('a');
    log.warn('b');
  };
  expect(logged('warn', write).map(({ msg }) => msg)).toEqual(['b']);
});
