/**
 * The installation's own multi-tenant application in Entra ID. Tenant files that say `application: shared` use it without
 * naming its certificate. It can read every directory whose administrator has consented, so a tenant uses it only for the
 * directory whose administrator signed in at the tenant's set-up, or that the operator lists for it.
 */
import { z } from 'zod';
import { isGuid, tenantNamePattern } from '../../domain/text.ts';
import type { EnvironmentVariable } from '../environment-variables.ts';
import type { Asker } from './secrets.ts';

export const sharedApplicationVariables: readonly EnvironmentVariable[] = [
  {
    name: 'TIMELY_SYNC_ENTRA_APPLICATION_ID',
    readBy: 'worker',
    meaning:
      "Application (client) id of the installation's own multi-tenant application in Entra ID, for tenant files with `application: shared`. Default: none.",
  },
  {
    name: 'TIMELY_SYNC_ENTRA_APPLICATION_CERTIFICATE',
    readBy: 'worker',
    meaning:
      'PEM with the certificate of that application and its private key: file:/path or env:NAME. No tenant file may name it.',
  },
  {
    name: 'TIMELY_SYNC_ENTRA_APPLICATION_DIRECTORIES',
    readBy: 'worker',
    meaning:
      'Directories that tenant files written by hand may name with `application: shared`: directory (tenant) id@tenant, separated by commas. A set-up in the browser needs no entry.',
  },
];

export interface SharedApplication {
  clientId: string;
  /** Reference to a PEM. */
  certificate: string;
  /** Whose directory is whose, besides what set-ups have proven. */
  directories: readonly { directoryId: string; tenant: string }[];
}

/** The name of the sealed proof that an administrator of the directory signed in at the tenant's set-up. It holds the id. */
export const directoryProof = (directoryId: string): string => `entra-${directoryId.toLowerCase()}`;

/** The variables above, for the schema of the worker's environment. */
export const sharedApplicationShape = {
  TIMELY_SYNC_ENTRA_APPLICATION_ID: z
    .string()
    .refine(isGuid, 'must be a GUID, as the overview of the application shows it')
    .optional(),
  TIMELY_SYNC_ENTRA_APPLICATION_CERTIFICATE: z
    .string()
    .regex(/^(env:[A-Za-z_][A-Za-z0-9_]*|file:\/\S.*)$/, 'must be a reference, file:/path or env:NAME')
    .optional(),
  TIMELY_SYNC_ENTRA_APPLICATION_DIRECTORIES: z
    .string()
    .transform((text) => text.split(',').map((entry) => entry.trim().split('@')))
    .refine(
      (entries) =>
        entries.every(
          ([id = '', tenant = '', ...more]) =>
            isGuid(id) && tenantNamePattern.test(tenant) && more.length === 0,
        ),
      'must be directory (tenant) ids with the tenant, GUID@tenant, separated by commas',
    )
    .transform((entries) =>
      entries.map(([id = '', tenant = '']) => ({ directoryId: id.toLowerCase(), tenant })),
    )
    .default([]),
};

type Data = z.output<z.ZodObject<typeof sharedApplicationShape>>;

export function sharedApplicationOf(data: Data): SharedApplication | null {
  const { TIMELY_SYNC_ENTRA_APPLICATION_ID: clientId, TIMELY_SYNC_ENTRA_APPLICATION_CERTIFICATE: pem } = data;
  if (clientId === undefined || pem === undefined) return null;
  return { clientId, certificate: pem, directories: data.TIMELY_SYNC_ENTRA_APPLICATION_DIRECTORIES };
}

/** Whether both variables are set, or neither. */
export const isWholeApplication = (data: Data): boolean =>
  (data.TIMELY_SYNC_ENTRA_APPLICATION_ID === undefined) ===
  (data.TIMELY_SYNC_ENTRA_APPLICATION_CERTIFICATE === undefined);

/** Whether the tenant may use the application in that directory. */
export async function isDirectoryOf(
  { tenant, storedSecret = async () => null }: Asker,
  directoryId: string,
  { directories }: SharedApplication,
): Promise<boolean> {
  const wanted = directoryId.toLowerCase();
  return (
    directories.some((entry) => entry.tenant === tenant && entry.directoryId === wanted) ||
    (await storedSecret(directoryProof(wanted))) === wanted
  );
}
