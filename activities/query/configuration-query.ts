/** Versions of a tenant file: who gave them, and what each changed. */
import { completeFile, storedDifferences } from '../../config/file/stored-differences.ts';
import type { StoredConfiguration } from '../../domain/contract/control.ts';
import type { JournalLine } from '../../domain/contract/journal-line.ts';
import type { Store } from '../../store/database.ts';
import { configurationOf, givenBy, newestConfiguration } from '../../store/tenants.ts';

/** The file in force, or a version of it; null where there is none. */
export async function storedConfiguration(
  store: Store,
  { tenant, version }: { tenant: string; version?: number },
): Promise<StoredConfiguration | null> {
  const newest = await newestConfiguration(store, tenant);
  if (newest === null) return null;
  const wanted = version ?? newest.version;
  const file = await configurationOf(store, tenant, wanted);
  if (file === null) return null;
  return {
    ...{ version: wanted, newest: newest.version, file: completeFile(file) },
    given: await givenBy(store, tenant, wanted),
    differences: await differencesOf(store, tenant, wanted, file),
  };
}

/** With what each new tenant file changed. */
export async function withDifferences(
  store: Store,
  tenant: string,
  lines: JournalLine[],
): Promise<JournalLine[]> {
  return await Promise.all(
    lines.map(async (line) => {
      const version = Number(
        /^version (\d+)$/.exec(line.kind === 'configured' ? (line.subject ?? '') : '')?.[1],
      );
      if (Number.isNaN(version)) return line;
      const file = await configurationOf(store, tenant, version);
      const differences = await differencesOf(store, tenant, version, file);
      return { ...line, differences: differences.slice(0, differencesMax) };
    }),
  );
}

/** Of one entry of the journal. `config` shows all. */
const differencesMax = 20;

async function differencesOf(store: Store, tenant: string, version: number, file: unknown) {
  const before = await configurationOf(store, tenant, version - 1);
  return before === null || file === null ? [] : storedDifferences(before, file);
}
