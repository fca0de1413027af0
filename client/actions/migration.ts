import { migrateStore } from '../../worker/main.ts';
import type { CommonOptions } from '../command.ts';
import { printResult, type Session } from '../render/output.ts';

/** Brings the store's tables up to date, and says so. */
export async function runMigration(session: Session, { json }: CommonOptions): Promise<void> {
  await migrateStore();
  printResult(session, json, { migrated: true }, () => "The store's tables are up to date.");
}
