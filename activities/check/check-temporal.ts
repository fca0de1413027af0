/** What the sync lacks in Temporal. It works without; operators see less. */
import { type CheckResult, checkOk, checkWarning } from '../../domain/contract/check.ts';
import type { Services } from '../services.ts';

const name = 'search attributes';

export async function checkTemporal({
  searchAttributes,
}: Pick<Services, 'searchAttributes'>): Promise<CheckResult> {
  const { missing, remedy } = await searchAttributes();
  if (missing.length === 0) return checkOk(name, 'Tenants can be found by their state.');
  return checkWarning(
    name,
    `The namespace does not know ${missing.join(', ')}, so tenants cannot be found by them. The sync works without.`,
    remedy,
  );
}
