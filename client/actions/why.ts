import { jsonText, oneLine, shownTexts } from '../../domain/shown-text.ts';
import { listPage, subjectQuery } from '../../domain/temporal-ui.ts';
import type { CommonOptions, WebOption } from '../command.ts';
import { exitCodes, usageError } from '../exit-codes.ts';
import { chooseSubject } from '../names/subject-meant.ts';
import { withClient } from '../remote/connection.ts';
import { requireTenant } from '../remote/known-tenant.ts';
import { queryWorker } from '../remote/query.ts';
import { printResult, type Session } from '../render/output.ts';
import { candidatesText, whyText } from '../render/why-text.ts';
import { showInUi } from '../temporal-ui.ts';

/** Prints why a person is, or is not, in Timely, or why a team is as it is. */
export async function runWhy(
  session: Session,
  tenant: string,
  subject: string,
  { json, web }: CommonOptions & WebOption,
): Promise<void> {
  const answer = await withClient(async (client) => {
    const first = await queryWorker(client, { about: 'why', tenant, subject });
    if (first === null) await requireTenant(client, tenant);
    if (first?.kind !== 'ambiguous' || json || !session.watcher) return first;
    const id = await chooseSubject(session, subject, first.candidates);
    return await queryWorker(client, { about: 'why', tenant, subject: id });
  });
  if (answer === null) {
    throw usageError(
      `Neither the directory nor Timely has "${subject}", as far as ${tenant} has read them: give an e-mail address, a name, an object id, a sign-in name, or a team's name.`,
    );
  }
  if (answer.kind === 'ambiguous') {
    if (json) session.out(`${jsonText(answer)}\n`);
    const more = answer.next === null ? '' : 'There are more: write more of the name or the address.\n';
    session.err(`timely-sync: ${candidatesText(oneLine(subject), shownTexts(answer.candidates))}\n${more}`);
    session.exitCode = exitCodes.wrongUse;
    return;
  }
  if (web) {
    const { tag } = answer;
    if (tag === null)
      throw usageError(`The sync has never changed ${oneLine(subject)}, so Temporal has no run of it.`);
    return await showInUi(session, json, (ui) => listPage(ui, subjectQuery(tenant, tag)));
  }
  printResult(session, json, answer, (shown) => whyText(shown, session.columns));
}
