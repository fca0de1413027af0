/**
 * The preflight of a tenant file: asks both sides whether a sync would work. Nothing of the file is stored. Timely's tokens
 * are the tenant's own, under its lock. An initial refresh token works once, so the tokens that it gives here are stored as
 * in a cycle, and the first cycle goes on with them.
 */
import { type NamedReferences, namedIn } from '../../config/policy/named-references.ts';
import { validateTenantFile } from '../../config/tenant-file.ts';
import {
  type CheckLine,
  type CheckReport,
  type CheckResult,
  type CheckSide,
  checkResultsOf,
} from '../../domain/contract/check.ts';
import type { CheckQuery } from '../../domain/contract/query.ts';
import { tenantCopyName } from '../../store/preview/tenant-copy.ts';
import type { Services } from '../services.ts';
import { checkConsole } from './check-console.ts';
import { checkDirectory, checkDirectoryAccess } from './check-directory.ts';
import { unreadableReferences } from './check-references.ts';
import { checkTemporal } from './check-temporal.ts';
import { checkTimely, checkTimelySignIn } from './check-timely.ts';

export function createCheckActivities(services: Services) {
  return {
    /** What the two sides refuse is a line. @throws ConfigurationError for an invalid file */
    async check({ file, part, look }: CheckQuery): Promise<CheckReport> {
      const valid = validateTenantFile(file);
      const { tenant } = valid;
      const named = namedIn(valid);
      const access = await services.access(tenant);
      const missing: string[] = [];
      const unreadable = async (references: string[]): Promise<CheckResult[]> => {
        const found = await unreadableReferences(access, references);
        missing.push(...found.map(({ reference }) => reference));
        return found.map(({ line }) => line);
      };
      const sideOf = async (
        side: CheckSide,
        what: NamedReferences,
        check: SideCheck,
      ): Promise<CheckLine[]> => {
        const refused = await unreadable([...what.secrets, ...what.endpoints]);
        // Without its secrets a side cannot be asked.
        const results = refused.length > 0 ? refused : await checkResultsOf('settings', check);
        const matters = side !== 'timely' || results.some(({ state }) => state === 'error');
        const lacks = matters ? await unreadable(what.optional) : [];
        return [...results, ...lacks.map(asWarning)].map((result) => ({ side, ...result }));
      };
      const isAccess = part === 'access';
      const replicaOf = typeof look === 'string' ? tenantCopyName(tenant, look) : null;
      const sides = await Promise.all([
        sideOf('directory', named.directory, () =>
          isAccess
            ? checkDirectoryAccess(services, valid)
            : checkDirectory(services, valid, replicaOf ?? tenant),
        ),
        sideOf('timely', named.timely, () =>
          isAccess ? checkTimelySignIn(services, valid) : checkTimely(services, valid),
        ),
        sideOf('notify', named.notify, async () => []),
        isAccess
          ? []
          : sideOf('console', needed(named.console), () => checkConsole(services, valid)).then((lines) =>
              lines.map(withoutErrors),
            ),
        isAccess ? [] : sideOf('temporal', nothing, async () => [await checkTemporal(services)]),
      ]);
      return { tenant, lines: sides.flat(), missing: missing.sort() };
    },
  };
}

const asWarning = (line: CheckResult): CheckResult => ({ ...line, state: 'warning' });

type SideCheck = () => Promise<CheckResult[]>;
/** What people sign in to the console by is all needed for that, and the sync goes on without. */
const needed = ({ secrets, endpoints, optional }: NamedReferences): NamedReferences => ({
  secrets: [...secrets, ...optional],
  endpoints,
  optional: [],
});
const withoutErrors = (line: CheckLine): CheckLine =>
  line.state === 'error' ? { ...line, state: 'warning' } : line;
const nothing: NamedReferences = { secrets: [], endpoints: [], optional: [] };
