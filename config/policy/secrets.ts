/** Secrets that a tenant file names: who may name which, and what they are. */
import { constants } from 'node:fs';
import { type FileHandle, open, realpath, stat } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { ConfigurationError } from '../../domain/errors.ts';
import type { TenantPolicy } from './tenant-policy.ts';

/** Where `env:` references of the tenant file are resolved. */
export type Environment = Record<string, string | undefined>;

/** The tenant of the file that names a secret. */
export interface Asker {
  tenant: string;
  /**
   * Other tenants that this worker knows whose name begins with this one's, or the other way round. Prefixes of their
   * variables overlap: TENANT_A_B_C may be of the tenant `a` and of `a-b`.
   */
  nested: readonly string[];
  /** What the set-up keeps for this tenant in the store under a name; null for nothing. Default: nothing. */
  storedSecret?: (name: string) => Promise<string | null>;
}

/** What a tenant may read. */
export interface Grant {
  /** Whether other tenants may read it too. */
  isShared: boolean;
  /** Whether the list gives exactly this reference to this tenant alone. */
  isListedAsOwn: boolean;
  /**
   * The text, without leading and trailing blanks.
   * @throws ConfigurationError that names the reference, never a value
   */
  read(): Promise<string>;
}

/** Variables of the worker itself, which no list can give to a tenant. PostgreSQL's library reads PGPASSWORD. */
const ofWorker = /^(DATABASE_URL$|PGPASSWORD$|TIMELY_SYNC_|TEMPORAL_|OTEL_|NODE_)/i;
/** Folders of the operating system: /proc shows the variables of every process. */
const ofSystem = /^\/(proc|sys|dev)(\/|$)/;

/** Far more than a certificate with its chain. */
const fileBytesMax = 64 * 1024;

/** Shorter settings are no secrets, and may be equal by chance. */
const copyLengthMin = 16;

/** The prefix of the variables that are a tenant's own. */
export const ownPrefix = (tenant: string) => `TENANT_${tenant.toUpperCase().replace(/[^A-Z0-9]/g, '_')}_`;

/**
 * What `env:NAME` or `file:/absolute/path` gives a tenant.
 * @throws ConfigurationError when the worker's policy does not allow it
 */
export function grantOf(reference: string, asker: Asker, policy: TenantPolicy): Grant {
  if (reference.startsWith('file:/')) return fileGrant(reference, asker, policy);
  if (reference.startsWith('store:')) return storeGrant(reference, asker);
  const name = /^env:([A-Za-z_][A-Za-z0-9_]*)$/.exec(reference)?.[1];
  if (name !== undefined) return variableGrant(reference, name, asker, policy);
  // The text is not repeated: it may be the secret itself.
  throw new ConfigurationError('A secret must be a reference: env:NAME or file:/absolute/path.');
}

/** Every tenant has names of its own in the store, so no list gives one to another tenant. */
function storeGrant(reference: string, { tenant, storedSecret = async () => null }: Asker): Grant {
  const read = async () => {
    const text = await storedSecret(reference.slice('store:'.length));
    if (text !== null) return text;
    throw new ConfigurationError(`${reference}: the store keeps no such secret for the tenant ${tenant}.`, {
      remedy: `Give it in the set-up again (timely-sync invite ${tenant}), or name an env: or file: reference.`,
    });
  };
  return { isShared: false, isListedAsOwn: false, read };
}

/**
 * A secret of the worker's own settings, without leading and trailing blanks.
 * @throws ConfigurationError that names the reference, never a value
 */
export async function workerSecret(reference: string, policy: TenantPolicy): Promise<string> {
  if (!reference.startsWith('env:')) return await fileText(reference, filePath(reference), null, policy);
  return variableText(reference, reference.slice('env:'.length), policy);
}

function variableGrant(reference: string, name: string, asker: Asker, policy: TenantPolicy): Grant {
  const { tenant, nested } = asker;
  const own = ownPrefix(tenant);
  if (ofWorker.test(name)) {
    throw new ConfigurationError(`${reference} is a setting of the worker, which no tenant file may read.`, {
      remedy: `Name another variable, such as ${own}SECRET.`,
    });
  }
  const read = async () => usable(reference, variableText(reference, name, policy), policy);
  const isOwn = name.startsWith(own);
  const other = nested.find((each) => name.startsWith(ownPrefix(each)));
  const listed = listedAs(reference, tenant, policy, (entry) => entry);
  if (listed === 'own' || (isOwn && other === undefined))
    return { isShared: false, isListedAsOwn: listed === 'own', read };
  if (listed === 'shared') return { isShared: true, isListedAsOwn: false, read };
  if (isOwn) {
    throw new ConfigurationError(
      `${reference} may belong to the tenant ${tenant} or to ${other}, because both names begin alike.`,
      { remedy: `Add ${reference}@${tenant} to TIMELY_SYNC_SHARED_REFERENCES and restart the workers.` },
    );
  }
  throw refused(reference, tenant, `Name the variable ${own}… in the tenant file and for the workers`);
}

/** Whether the list gives a reference to this tenant alone, to all, or to neither. */
function listedAs(
  reference: string,
  tenant: string,
  { sharedReferences }: TenantPolicy,
  normal: (reference: string) => string,
): 'own' | 'shared' | null {
  const found = sharedReferences.filter((entry) => normal(entry.reference) === normal(reference));
  if (found.some((entry) => entry.tenant === tenant)) return 'own';
  return found.some((entry) => entry.tenant === null) ? 'shared' : null;
}

function variableText(reference: string, name: string, { env }: TenantPolicy): string {
  const value = env[name]?.trim();
  if (value !== undefined) return value;
  throw new ConfigurationError(`${reference}: the worker's environment has no ${name}.`, {
    remedy: `Set ${name} for the worker and restart it.`,
  });
}

function fileGrant(reference: string, { tenant }: Asker, policy: TenantPolicy): Grant {
  const path = filePath(reference);
  const [own, shared] = [tenant, 'shared'].map((folder) => join(resolve(policy.secretsDir), folder));
  const listed = listedAs(reference, tenant, policy, filePath);
  const folder = [shared, own].find((each) => each !== undefined && isBelow(path, each)) ?? null;
  if (ofSystem.test(path) || (listed === null && folder === null)) {
    throw refused(reference, tenant, `Move the file to ${own}/`);
  }
  const isShared = listed === null ? folder === shared : listed === 'shared';
  const read = () => fileText(reference, path, listed === null ? folder : null, policy);
  return { isShared, isListedAsOwn: listed === 'own', read };
}

/** The path of a `file:` reference, without `..`. */
function filePath(reference: string): string {
  return resolve(reference.slice('file:'.length));
}

const isBelow = (path: string, folder: string) => path.startsWith(folder + sep);

/**
 * Symbolic links are followed, but not out of the folder that makes the file readable. What was opened is compared with
 * what was checked, because a link may be replaced in between.
 */
async function fileText(
  reference: string,
  path: string,
  folder: string | null,
  policy: TenantPolicy,
): Promise<string> {
  const text = await withOpen(path, async (file) => {
    const [opened, target] = await Promise.all([file.stat(), realpath(path)]);
    const [checked, within] = await Promise.all([stat(target), folder === null ? null : realpath(folder)]);
    if (ofSystem.test(target) || (within !== null && !isBelow(target, within))) return null;
    const isChecked = opened.ino === checked.ino && opened.dev === checked.dev;
    if (!isChecked || !opened.isFile() || opened.size > fileBytesMax) throw new Error('Not a plain file.');
    return await file.readFile('utf8');
  }).catch((cause: unknown) => {
    throw new ConfigurationError(`${reference}: the worker cannot read this file.`, {
      cause,
      remedy: `Mount the file for the worker and make it readable for the user that runs it. It must be a plain file of at most ${fileBytesMax / 1024} KiB.`,
    });
  });
  if (text !== null) return usable(reference, text.trim(), policy);
  throw new ConfigurationError(`${reference}: a symbolic link leads out of ${folder ?? 'the file system'}.`, {
    remedy: `Put the file itself there, or add ${reference} to TIMELY_SYNC_SHARED_REFERENCES.`,
  });
}

/** Opens without waiting: a pipe without a writer would block one of the few threads that read files. */
async function withOpen<Result>(path: string, use: (file: FileHandle) => Promise<Result>): Promise<Result> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

/** A copy of a setting of the worker counts as that setting, such as the file that `up` keeps the key in. */
function usable(reference: string, text: string, { env }: TenantPolicy): string {
  if (text === '')
    throw new ConfigurationError(`${reference} is empty.`, { remedy: 'Put the secret there.' });
  const isOfWorker = Object.entries(env).some(
    ([name, value]) => ofWorker.test(name) && value?.trim() === text && text.length >= copyLengthMin,
  );
  if (!isOfWorker) return text;
  throw new ConfigurationError(`${reference} holds a setting of the worker, which no tenant file may read.`, {
    remedy: 'Put the secret of the tenant there.',
  });
}

const refused = (reference: string, tenant: string, rename: string) =>
  new ConfigurationError(`${reference}: the workers do not give this to the tenant ${tenant}.`, {
    remedy: `${rename}, or add ${reference} to TIMELY_SYNC_SHARED_REFERENCES (with @${tenant} behind it for this tenant alone) and restart the workers.`,
  });
