import type { InitAnswers } from '../../config/first-file/answers.ts';
import { isGuid } from '../../domain/text.ts';
import { usageError } from '../exit-codes.ts';
import { queryWorker } from '../remote/query.ts';
import type { Worker } from './worker-if-any.ts';

/**
 * The answers with the id of the directory, which a worker finds by its domain. `login`: in place of Microsoft's own.
 * @throws CommandError (2) for a domain that no directory has, or when no worker answers
 */
export async function findDirectory(
  answers: InitAnswers,
  login: string | null,
  worker: Worker | null,
): Promise<InitAnswers> {
  if (answers.directory !== 'entra' || isGuid(answers.directoryId)) return answers;
  const { tenant, directoryId: domain } = answers;
  if (worker === null)
    throw usageError(
      `Only a worker can find the directory of ${domain}, and none was asked: start one (\`timely-sync up\`) and answer again, or give its id, a GUID.`,
    );
  const directoryId = await queryWorker(worker.client, { about: 'directoryId', tenant, domain, login });
  return { ...answers, directoryId };
}
