/** Paths of tenants on the console. Only a worker of the installation can make one. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import {
  type ConsolePages,
  createConsolePages,
  tenantInPath,
  tenantPath,
} from '../../domain/console-pages.ts';
import { derivedKeys } from '../../store/account/derived-keys.ts';
import type { EncryptionKeys } from '../../store/account/encryption.ts';

/** 72 bits: nobody finds one by trying. */
const checkBytes = 9;

export interface TenantLinks {
  /** What stands behind the name of a tenant in its path. */
  checkOf(tenant: string): string;
  /** The path of its pages. */
  pathOf(tenant: string): string;
  /** The tenant of `<tenant>~<check>`; null when we did not make it. */
  tenantOf(segment: string): string | null;
}

/** The pages for messages and refusals; null when there is no console. `url`: where people open it. */
export const consolePagesAt = (url: string | undefined, keys: EncryptionKeys): ConsolePages | null =>
  url === undefined ? null : createConsolePages(url, createTenantLinks(keys).checkOf);

/** Links that were made with an earlier key stay in use as long as that key is known. */
export function createTenantLinks(keys: EncryptionKeys): TenantLinks {
  const checks = (tenant: string) =>
    derivedKeys(keys, 'console addresses').map((key) =>
      createHmac('sha256', key).update(tenant).digest().subarray(0, checkBytes),
    );
  const checkOf = (tenant: string) => (checks(tenant)[0] ?? Buffer.alloc(0)).toString('base64url');
  return {
    checkOf,
    pathOf: (tenant) => tenantPath(tenant, checkOf(tenant)),
    tenantOf(segment) {
      const found = tenantInPath(segment);
      if (found === null) return null;
      const given = Buffer.from(found.check, 'base64url');
      const isOurs = checks(found.tenant).some(
        (check) => check.length === given.length && timingSafeEqual(check, given),
      );
      return isOurs ? found.tenant : null;
    },
  };
}
