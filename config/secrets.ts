import { readFile } from 'node:fs/promises';
import { ConfigurationError } from '../domain/errors.ts';

/** Where `env:` references of the tenant file are resolved. */
export type Environment = Record<string, string | undefined>;

/**
 * The secret behind `env:NAME` or `file:/absolute/path`, without leading and trailing blanks.
 * @throws ConfigurationError that names the reference, never a value
 */
export async function resolveSecret(reference: string, env: Environment = process.env): Promise<string> {
  const secret = reference.startsWith('file:') ? await fileText(reference) : environmentText(reference, env);
  if (secret === '') {
    throw new ConfigurationError(`${reference} is empty.`, { remedy: 'Put the secret there.' });
  }
  return secret;
}

/**
 * The https address of `endpoint` or `env:NAME`, without a slash at its end.
 * @throws ConfigurationError when the variable is missing or holds no https address
 */
export function resolveEndpoint(endpoint: string, env: Environment = process.env): string {
  const address = endpoint.startsWith('env:') ? environmentText(endpoint, env) : endpoint;
  if (!address.startsWith('https://') || !URL.canParse(address)) {
    throw new ConfigurationError(`${endpoint} is not an https:// address.`, {
      remedy: 'Give an https:// address.',
    });
  }
  return address.replace(/\/+$/, '');
}

function environmentText(reference: string, env: Environment): string {
  const name = /^env:([A-Za-z_][A-Za-z0-9_]*)$/.exec(reference)?.[1];
  // The text is not repeated: it may be the secret itself.
  if (name === undefined) {
    throw new ConfigurationError('A secret must be a reference: env:NAME or file:/absolute/path.');
  }
  const value = env[name]?.trim();
  if (value === undefined) {
    throw new ConfigurationError(`${reference}: the worker's environment has no ${name}.`, {
      remedy: `Set ${name} for the worker and restart it.`,
    });
  }
  return value;
}

async function fileText(reference: string): Promise<string> {
  try {
    return (await readFile(filePath(reference), 'utf8')).trim();
  } catch (cause) {
    throw new ConfigurationError(`${reference}: the worker cannot read this file.`, {
      cause,
      remedy: 'Mount the file for the worker and make it readable for the user that runs it.',
    });
  }
}

/** The path of a `file:` reference. */
export function filePath(reference: string): string {
  return reference.slice('file:'.length);
}
