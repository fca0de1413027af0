import type { CommonOptions } from '../command.ts';
import { loadWorker } from '../local/worker-entry.ts';
import { printResult, type Session } from '../render/output.ts';

/** Brings the store's tables up to date, and says so. */
export async function runMigration(session: Session, { json }: CommonOptions): Promise<void> {
  await (await loadWorker()).migrateStore();
  printResult(session, json, { migrated: true }, () => "The store's tables are up to date.");
}
