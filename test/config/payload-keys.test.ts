import { expect, test } from '@jest/globals';
import { payloadKeys } from '../../config/payload-keys.ts';
import { workerSettings } from '../../config/worker-settings.ts';

const [first, second] = [Buffer.alloc(32, 1).toString('base64'), Buffer.alloc(32, 2).toString('base64')];
const needed = { DATABASE_URL: 'postgres://sync@127.0.0.1/sync', TIMELY_SYNC_KEY: first };

test('payload keys are read in their order, and are none unless set', () => {
  expect(payloadKeys({})).toEqual([]);
  expect(payloadKeys({ TIMELY_SYNC_PAYLOAD_KEY: '' })).toEqual([]);
  const keys = payloadKeys({ TIMELY_SYNC_PAYLOAD_KEY: `2026b:${second}, 2026a:${first}` });
  expect(keys.map(({ id, key }) => [id, key[0], key.length])).toEqual([
    ['2026b', 2, 32],
    ['2026a', 1, 32],
  ]);
});

test.each([
  ['without an id', first],
  ['of another length', `a:${Buffer.alloc(16, 1).toString('base64')}`],
  ['that is no base64', `a:${'hunter2'.padEnd(43, '!')}=`],
  ['with an id twice', `a:${first},a:${second}`],
])('a payload key %s is refused, and not repeated', (_, text) => {
  const readers = [
    () => payloadKeys({ TIMELY_SYNC_PAYLOAD_KEY: text }),
    () => workerSettings({ ...needed, TIMELY_SYNC_PAYLOAD_KEY: text }),
  ];
  for (const read of readers) {
    expect(read).toThrow('TIMELY_SYNC_PAYLOAD_KEY');
    expect(read).not.toThrow(text.slice(2, 20));
  }
});

test('the codec endpoint needs a token and a payload key', () => {
  const token = 'a-token-of-twenty-four-characters';
  const keys = `a:${first}`;
  const settings = (given: Record<string, string>) => workerSettings({ ...needed, ...given }).listeners.codec;
  expect(settings({})).toBeNull();
  expect(settings({ TIMELY_SYNC_CODEC_TOKEN: token })).toBeNull();
  expect(() => settings({ TIMELY_SYNC_CODEC_PORT: '8234' })).toThrow('TIMELY_SYNC_CODEC_TOKEN: is missing');
  expect(() => settings({ TIMELY_SYNC_CODEC_PORT: '8234', TIMELY_SYNC_CODEC_TOKEN: token })).toThrow(
    'TIMELY_SYNC_PAYLOAD_KEY: is missing',
  );
  expect(() => settings({ TIMELY_SYNC_CODEC_TOKEN: 'short' })).toThrow('TIMELY_SYNC_CODEC_TOKEN: must be 24');
  expect(
    settings({
      TIMELY_SYNC_CODEC_PORT: '8234',
      TIMELY_SYNC_CODEC_TOKEN: token,
      TIMELY_SYNC_PAYLOAD_KEY: keys,
    }),
  ).toEqual({ port: 8234, token });
});

test('a worker listens on this machine alone unless told', () => {
  const host = (text: string) => workerSettings({ ...needed, TIMELY_SYNC_LISTEN: text }).listeners.host;
  expect(host('')).toBe('127.0.0.1');
  expect(host('0.0.0.0')).toBe('0.0.0.0');
  expect(host('::1')).toBe('::1');
  expect(() => host('everywhere')).toThrow('TIMELY_SYNC_LISTEN: must be an IP address');
});
