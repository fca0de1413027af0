import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { EncryptionCodec } from '../../encryption/payload-codec.ts';

const keyOf = (id: string) => ({ id, key: randomBytes(32) });
const [old, current] = [keyOf('2026a'), keyOf('2026b')];
const payload = defaultPayloadConverter.toPayload({ name: 'Ada Example', email: 'ada@contoso.example' });
const asText = (value: unknown) =>
  JSON.stringify(value, (_key, item: unknown) =>
    item instanceof Uint8Array || (Object(item) as { type?: string }).type === 'Buffer'
      ? Buffer.from((Object(item) as { data?: number[] }).data ?? (item as Uint8Array)).toString('latin1')
      : item,
  );

async function only(payloads: Promise<Payload[]>): Promise<Payload> {
  const [first] = await payloads;
  if (!first) throw new Error('There is no payload.');
  return first;
}

describe('the codec', () => {
  test('returns what was encrypted, and shows nothing of it but the id of its key', async () => {
    const codec = new EncryptionCodec([current, old]);
    const encrypted = await only(codec.encode([payload]));
    expect(asText(encrypted)).not.toMatch(/Ada|contoso|json/);
    expect(asText(encrypted)).toContain('2026b');
    expect(defaultPayloadConverter.fromPayload(await only(codec.decode([encrypted])))).toEqual({
      name: 'Ada Example',
      email: 'ada@contoso.example',
    });
  });

  test('never encrypts the same payload to the same bytes', async () => {
    const codec = new EncryptionCodec([current]);
    const [one, two] = await codec.encode([payload, payload]);
    expect(Buffer.from(one?.data ?? [])).not.toEqual(Buffer.from(two?.data ?? []));
  });

  test('reads what an earlier key encrypted, and what was never encrypted', async () => {
    const earlier = await only(new EncryptionCodec([old]).encode([payload]));
    const decoded = await new EncryptionCodec([current, old]).decode([earlier, payload]);
    expect(decoded.map((each) => defaultPayloadConverter.fromPayload(each))).toEqual([
      { name: 'Ada Example', email: 'ada@contoso.example' },
      { name: 'Ada Example', email: 'ada@contoso.example' },
    ]);
  });

  test('without keys encrypts nothing, and says what is missing to read', async () => {
    const codec = new EncryptionCodec([]);
    expect(await codec.encode([payload])).toEqual([payload]);
    const encrypted = await new EncryptionCodec([current]).encode([payload]);
    await expect(codec.decode(encrypted)).rejects.toMatchObject({
      message: expect.stringContaining('the payload key "2026b", which is not known here'),
      remedy: expect.stringContaining('TIMELY_SYNC_PAYLOAD_KEY'),
    });
  });

  test('refuses a changed payload, another key of the same id, and a changed id', async () => {
    const codec = new EncryptionCodec([current, old]);
    const encrypted = await only(codec.encode([payload]));
    const data = Buffer.from(encrypted.data ?? []);
    data[data.length - 1] = (data.at(-1) ?? 0) ^ 1;
    const other = new EncryptionCodec([{ ...current, key: randomBytes(32) }]);
    const renamed = {
      ...encrypted,
      metadata: { ...encrypted.metadata, 'encryption-key-id': Buffer.from(old.id) },
    };
    await expect(codec.decode([{ ...encrypted, data }])).rejects.toThrow('does not fit');
    await expect(codec.decode([{ ...encrypted, data: Buffer.alloc(3) }])).rejects.toThrow('does not fit');
    await expect(other.decode([encrypted])).rejects.toThrow('does not fit');
    await expect(codec.decode([renamed])).rejects.toThrow('does not fit');
  });
});
