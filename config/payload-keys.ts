/** The keys that encrypt what Temporal keeps: inputs, results, failures, summaries (docs/operating.md). */
import { z } from 'zod';
import { ConfigurationError } from '../domain/errors.ts';
import type { EnvironmentVariable } from './environment-variables.ts';
import type { Environment } from './policy/secrets.ts';

export const payloadKeyVariable: EnvironmentVariable = {
  name: 'TIMELY_SYNC_PAYLOAD_KEY',
  readBy: 'worker and client',
  meaning:
    'Keys that encrypt what Temporal keeps, id:key with 32 bytes in base64, separated by commas: the first encrypts, all decrypt. Default: none, and Temporal keeps it readable.',
};

/** A key of 32 bytes, and the id that stands beside everything it encrypts. */
export interface PayloadKey {
  id: string;
  key: Buffer;
}

const form = /^([\w.-]{1,40}):([A-Za-z0-9+/]{43}=)$/;

/** `id:base64,id2:base64`: the first key encrypts, all of them decrypt. */
export const payloadKeysSchema = z
  .string()
  .transform((text, context): PayloadKey[] => {
    const keys = text.split(',').map((entry) => {
      const [, id = '', key = ''] = form.exec(entry.trim()) ?? [];
      return { id, key: Buffer.from(key, 'base64') };
    });
    const ids = new Set(keys.map(({ id }) => id));
    if (keys.some(({ id }) => id === ''))
      context.addIssue('must be id:key, the key 32 bytes in base64; several are separated by commas');
    else if (ids.size < keys.length) context.addIssue('has an id twice');
    return keys;
  })
  .default([]);

/**
 * The keys for a command or a worker; none when the setting is missing or empty.
 * @throws ConfigurationError that repeats no key
 */
export function payloadKeys({ TIMELY_SYNC_PAYLOAD_KEY: text }: Environment): PayloadKey[] {
  const keys = payloadKeysSchema.safeParse(text || undefined);
  if (keys.success) return keys.data;
  const problems = keys.error.issues.map(({ message }) => message);
  throw new ConfigurationError(`TIMELY_SYNC_PAYLOAD_KEY ${problems.join(', and ')}.`, {
    remedy: 'Make a key with "openssl rand -base64 32" and give it an id, such as 2026a:<key>.',
  });
}
