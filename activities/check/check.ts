/**
 * The preflight of a tenant file: asks both sides whether a sync would work. Nothing of the file is stored. Timely's tokens
 * are the tenant's own, under its lock. An initial refresh token works once, so the tokens that it gives here are stored as
 * in a cycle, and the first cycle goes on with them.
 */
import { validateTenantFile } from '../../config/tenant-file.ts';
import {
  type CheckLine,
  type CheckReport,
  type CheckSide,
  checkResultsOf,
} from '../../domain/contract/check.ts';
import type { CheckQuery } from '../../domain/contract/query.ts';
import type { Services } from '../services.ts';
import { checkDirectory } from './check-directory.ts';
import { checkTemporal } from './check-temporal.ts';
import { checkTimely } from './check-timely.ts';

export function createCheckActivities(services: Services) {
  return {
    /** What the two sides refuse is a line. @throws ConfigurationError for an invalid file */
    async check({ file }: CheckQuery): Promise<CheckReport> {
      const valid = validateTenantFile(file);
      const sides = await Promise.all([
        checkSide('directory', () => checkDirectory(services, valid)),
        checkSide('timely', () => checkTimely(services, valid)),
        checkSide('temporal', async () => [await checkTemporal(services)]),
      ]);
      return { tenant: valid.tenant, lines: sides.flat() };
    },
  };
}

/** A side whose secrets cannot be resolved is one line. */
async function checkSide(
  side: CheckSide,
  check: () => ReturnType<typeof checkResultsOf>,
): Promise<CheckLine[]> {
  const results = await checkResultsOf('settings', check);
  return results.map((result) => ({ side, ...result }));
}
