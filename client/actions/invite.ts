import { tenantNamePattern } from '../../domain/text.ts';
import type { CommonOptions } from '../command.ts';
import { CommandError, exitCodes, usageError } from '../exit-codes.ts';
import { type NewInvitation, newInvitation } from '../remote/begin/invitation.ts';
import { withClient } from '../remote/connection.ts';
import { queryWorker } from '../remote/query.ts';
import { printResult, type Session, say } from '../render/output.ts';
import { moment } from '../render/words/moments.ts';
import { userName } from '../user-name.ts';

export interface InviteFlags extends CommonOptions {
  revoke?: boolean;
  by?: string;
}

/** Makes the tenant's link, or revokes it. */
export async function runInvite(
  session: Session,
  tenant: string,
  { revoke = false, by = userName(), json }: InviteFlags,
): Promise<void> {
  if (!tenantNamePattern.test(tenant))
    throw usageError('The name of a tenant is 1 to 40 small letters, digits and hyphens.');
  if (revoke) return await revokeLink(session, tenant, by, json);
  const invitation = await withClient((client) => newInvitation(client, tenant, by));
  printResult(session, json, invitation, invitationText);
  say(session, `Send it to the administrator alone: whoever opens it first sets ${tenant} up.`);
}

async function revokeLink(
  session: Session,
  tenant: string,
  by: string,
  json: boolean | undefined,
): Promise<void> {
  const revoked = await withClient((client) =>
    queryWorker(client, { about: 'revokeInvitation', tenant, by }),
  );
  if (!revoked)
    throw new CommandError(
      exitCodes.failed,
      `${tenant} has no link to revoke: none was made, or it has ended.`,
    );
  printResult(session, json, { tenant, revoked }, () => `The link of ${tenant} no longer works.`);
}

const invitationText = ({ tenant, link, opensUntil, replacesLink, hasFile }: NewInvitation) =>
  [
    `Link to set ${tenant} up, to be opened once before ${moment(opensUntil)}:`,
    link,
    ...(replacesLink ? ['The link before it no longer works.'] : []),
    ...(hasFile ? [`${tenant} has a tenant file already: what is set up replaces it.`] : []),
  ].join('\n');
