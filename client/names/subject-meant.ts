/** Which person or team an operator means, before something is done about them. */
import type { Client } from '@temporalio/client';
import type { SubjectCandidate } from '../../domain/contract/why.ts';
import { oneLine, shownTexts } from '../../domain/shown-text.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { requireTenant } from '../remote/known-tenant.ts';
import { queryWorker } from '../remote/query.ts';
import type { Session } from '../render/output.ts';
import { candidateLine, candidatesText } from '../render/why-text.ts';

/**
 * Returns a text that means one person: what was typed, if it is a whole name, address or id; otherwise the id that was
 * chosen at the terminal. Part of a name is never enough. A text that fits no person is returned unchanged, and the worker
 * says what it looked for.
 * @throws CommandError (2) without a terminal; it lists the candidates
 */
export async function personMeant(
  client: Client,
  session: Session,
  tenant: string,
  text: string,
): Promise<string> {
  const meant = await queryWorker(client, { about: 'subjects', tenant, subject: text });
  const people = meant.candidates.filter(({ kind }) => kind === 'person');
  if (people.length === 0) await requireTenant(client, tenant);
  if (people.length === 0 || (people.length === 1 && meant.isWhole)) return text;
  return await chooseSubject(session, text, people);
}

/** Lets the person at the terminal choose; returns an id. @throws CommandError (2) without a terminal, or without a choice */
export async function chooseSubject(
  { watcher }: Session,
  text: string,
  candidates: SubjectCandidate[],
): Promise<string> {
  const shown = shownTexts(candidates);
  const chosen =
    watcher &&
    (await watcher.choose(
      `"${oneLine(text)}" may mean any of these:`,
      shown.map((candidate, place) => ({
        value: candidates[place]?.id ?? candidate.id,
        label: candidateLine(candidate),
      })),
    ));
  if (chosen) return chosen;
  throw new CommandError(exitCodes.wrongUse, candidatesText(oneLine(text), shown));
}
