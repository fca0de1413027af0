import { randomUUID } from 'node:crypto';
import type { LinkReport, LinkRequest, UnlinkRequest } from '../../domain/contract/link.ts';
import type { LinkQuery } from '../../domain/contract/query.ts';
import type { CommonOptions } from '../command.ts';
import { personMeant } from '../names/subject-meant.ts';
import { withClient } from '../remote/connection.ts';
import { queryWorker } from '../remote/query.ts';
import { printResult, type Session } from '../render/output.ts';
import { userName } from '../user-name.ts';

export interface LinkFlags extends CommonOptions {
  by?: string;
}

/** A cycle that runs is waited for; a short one ends meanwhile. */
const linkWithinMs = 40_000;

/** Ties a person to a Timely user, and prints what that means. */
export async function runLink(
  session: Session,
  request: Omit<LinkRequest, 'by' | 'id'>,
  flags: LinkFlags,
): Promise<void> {
  await ask(session, flags, { about: 'link', ...request, ...callerOf(flags) });
}

/** Unties a person from their Timely user, and prints what that means. */
export async function runUnlink(
  session: Session,
  request: Omit<UnlinkRequest, 'by' | 'id'>,
  flags: LinkFlags,
): Promise<void> {
  await ask(session, flags, { about: 'unlink', ...request, ...callerOf(flags) });
}

const callerOf = ({ by }: LinkFlags) => ({ by: by ?? userName(), id: randomUUID() });

async function ask(session: Session, { json }: LinkFlags, query: LinkQuery): Promise<void> {
  const report = await withClient(async (client) => {
    const person = await personMeant(client, session, query.tenant, query.person);
    return await queryWorker(client, { ...query, person }, linkWithinMs);
  });
  printResult(session, json, report, textOf);
}

const verbs = {
  linked: 'is linked to',
  unlinked: 'is no longer linked to',
  nothing: 'was linked already to',
};

function textOf({ tenant, did, person, timely, next }: LinkReport): string {
  const who = `${person.name} <${person.email ?? 'no address'}>`;
  return `${tenant}: ${who} ${verbs[did]} the Timely user ${timely.name} <${timely.email}>, ${timely.id}.\n${next}`;
}
