/**
 * The preflight of a tenant file: asks both sides whether a sync would work. Nothing of the file is stored. Timely's
 * tokens are the tenant's own, under its lock: an initial refresh token that is used here is dead at once, so the pair it
 * became is kept as a cycle would keep it, and the first cycle goes on with that.
 */
import { validateTenantFile } from '../../config/tenant-file.ts';
import { type CheckLine, type CheckReport, type CheckSide, runCheck } from '../../domain/contract/check.ts';
import type { CheckQuery } from '../../domain/contract/query.ts';
import type { Services } from '../services.ts';
import { checkDirectory } from './check-directory.ts';
import { checkTimely } from './check-timely.ts';

export function createCheckActivities(services: Services) {
  return {
    /** @throws ConfigurationError for an invalid file; whatever the two sides refuse is a line. */
    async check({ file }: CheckQuery): Promise<CheckReport> {
      const valid = validateTenantFile(file);
      const sides = await Promise.all([
        checkSide('directory', () => checkDirectory(services, valid)),
        checkSide('timely', () => checkTimely(services, valid)),
      ]);
      return { tenant: valid.tenant, lines: sides.flat() };
    },
  };
}

/** A side whose secrets cannot be resolved is one line. */
async function checkSide(side: CheckSide, look: () => ReturnType<typeof runCheck>): Promise<CheckLine[]> {
  const results = await runCheck('settings', look);
  return results.map((result) => ({ side, ...result }));
}
