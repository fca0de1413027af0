/** Whether this worker can read what a tenant file names. */
import type { TenantAccess } from '../../config/policy/tenant-access.ts';
import { type CheckResult, checkError } from '../../domain/contract/check.ts';
import { SyncError } from '../../domain/errors.ts';

interface UnreadableReference {
  reference: string;
  line: CheckResult;
}

/** The references that lead nowhere or are refused, each once, with its line. */
export async function unreadableReferences(
  access: TenantAccess,
  named: readonly string[],
): Promise<UnreadableReference[]> {
  const references = [...new Set(named)].filter((text) => !text.startsWith('https://'));
  const lines = await Promise.all(references.map((reference) => unreadable(access, reference)));
  return lines.flat();
}

async function unreadable(access: TenantAccess, reference: string): Promise<UnreadableReference[]> {
  try {
    await access.key(reference);
    return [];
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    return [{ reference, line: checkError('settings', error.message, error.remedy) }];
  }
}
