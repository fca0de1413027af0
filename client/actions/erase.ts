import { randomUUID } from 'node:crypto';
import type { ErasureReport } from '../../domain/contract/erasure.ts';
import { formatCount } from '../../domain/text.ts';
import type { CommonOptions } from '../command.ts';
import { CommandError, exitCodes, usageError } from '../exit-codes.ts';
import { personMeant } from '../names/subject-meant.ts';
import { withClient } from '../remote/connection.ts';
import { queryWorker } from '../remote/query.ts';
import { printResult, type Session } from '../render/output.ts';
import { userName } from '../user-name.ts';

export interface EraseFlags extends CommonOptions {
  by?: string;
  yes?: boolean;
}

/** Erases what the store keeps of one person. Asks first unless `--yes` is given. */
export async function runErase(
  session: Session,
  tenant: string,
  person: string,
  flags: EraseFlags,
): Promise<void> {
  const by = flags.by ?? userName();
  if (!flags.yes && !session.watcher) {
    throw usageError(`Without a terminal there is no confirmation: add --yes to erase in ${tenant}.`);
  }
  await withClient(async (client) => {
    const meant = await personMeant(client, session, tenant, person);
    const who = meant === person ? person : `${person}, ${meant}`;
    const question = `Erase all that ${tenant} keeps of ${who}, as ${by}? It cannot be taken back.`;
    if (!flags.yes && !(await session.watcher?.confirm(question)))
      throw new CommandError(exitCodes.failed, 'Nothing was done.');
    const report = await queryWorker(client, { about: 'erase', tenant, person: meant, by, id: randomUUID() });
    printResult(session, flags.json, report, textOf);
  });
}

const textOf = ({ tenant, entries, stays }: ErasureReport) =>
  [
    `Erased in ${tenant}; ${formatCount(entries, 'entry', 'entries')} of the journal lost what concerned this person.`,
    ...(stays
      ? ['The directory still has them: what the replica has of them goes when they are deleted there.']
      : []),
    'Timely and the histories of Temporal keep theirs: docs/operating.md says for how long.',
  ].join('\n');
