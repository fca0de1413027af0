/** What the command `invite` and the console ask about the set-up of a tenant. */
import { validateTenantFile } from '../../config/tenant-file.ts';
import {
  type InvitationReport,
  movedSetUpProof,
  type SetUpQuery,
  type SetUpReport,
} from '../../domain/contract/set-up.ts';
import { ConfigurationError } from '../../domain/errors.ts';
import { moveSetUp, openedSetUp } from '../../store/set-up/moved-set-up.ts';
import {
  finishSetUp,
  inviteToSetUp,
  isLinkUnopened,
  type OpenSetUp,
  openSetUp,
  revokeSetUp,
  saveSetUp,
  setUpOf,
} from '../../store/set-up/set-ups.ts';
import { checkLimits, type Services } from '../services.ts';

/** @throws ConfigurationError for an invitation where there is no console */
export async function runSetUpQuery(
  services: Services,
  query: SetUpQuery,
): Promise<InvitationReport | SetUpReport | boolean | null> {
  const { database, now, console } = services;
  switch (query.about) {
    case 'invite': {
      if (console.pages === null)
        throw new ConfigurationError('The workers have no console, so nobody could open a link.', {
          remedy: 'Set TIMELY_SYNC_CONSOLE_URL and restart the workers (docs/set-up.md).',
        });
      const invited = await inviteToSetUp(database, { ...query, now: now() });
      const opensUntil = invited.opensUntil.toISOString();
      return { tenant: query.tenant, address: console.pages.setUp, ...invited, opensUntil };
    }
    case 'revokeInvitation':
      return await revokeSetUp(database, { ...query, now: now() });
    case 'linkUnopened':
      return await isLinkUnopened(database, query.link, now());
    case 'openSetUp':
      return reportOf(await openSetUp(database, query, now()));
    case 'openedSetUp':
      return reportOf(await openedSetUp(database, query.link, now()));
    case 'moveSetUp':
      return reportOf((await isMoveProven(services, query)) ? await moveSetUp(database, query, now()) : null);
    case 'setUp':
      return reportOf(await setUpOf(database, query, now()));
    case 'saveSetUp': {
      const draft = bytesOf(query.draft);
      const secrets = query.secrets.map(({ name, encrypted }) => ({ name, encrypted: bytesOf(encrypted) }));
      return await saveSetUp(database, query, { draft, secrets }, now());
    }
    case 'finishSetUp':
      return await finishSetUp(database, query, now());
    case 'mayConsent':
      return await mayConsent(services, query);
  }
}

const bytesOf = (base64: string) => Buffer.from(base64, 'base64');

const reportOf = (setUp: OpenSetUp | null): SetUpReport | null =>
  setUp && {
    tenant: setUp.tenant,
    endsAt: setUp.endsAt.toISOString(),
    draft: setUp.draft?.toString('base64') ?? null,
  };

/** Whether the console has made sure who goes on in that browser: only those who have the key can say so. */
async function isMoveProven(
  { access, database, now }: Services,
  { proof, ...browser }: Extract<SetUpQuery, { about: 'moveSetUp' }>,
): Promise<boolean> {
  const opened = await openedSetUp(database, browser.link, now());
  if (opened === null || proof.name !== movedSetUpProof.name) return false;
  const offered = { name: proof.name, encrypted: bytesOf(proof.encrypted) };
  const allowed = await access(opened.tenant, offered);
  const proven = await allowed.secretIfAny(`store:${proof.name}`);
  return proven === movedSetUpProof.textOf(browser);
}

/**
 * Those who may consent to application permissions of Microsoft Graph
 * (https://learn.microsoft.com/entra/identity/enterprise-apps/grant-admin-consent).
 */
const consentingRoles = ['Global Administrator', 'Privileged Role Administrator'];

/** @throws PermissionError where the directory does not show who holds its roles, and as `Services.directoryOf` */
async function mayConsent(
  services: Services,
  { tenant, file, personId, proof }: Extract<SetUpQuery, { about: 'mayConsent' }>,
): Promise<boolean> {
  const valid = validateTenantFile({ ...Object(file), tenant });
  const offered = { name: proof.name, encrypted: bytesOf(proof.encrypted) };
  const directory = await services.directoryOf(valid, checkLimits, offered);
  const holders = await directory.privileged();
  return holders.some(
    (holder) => holder.personId === personId && holder.roles.some((role) => consentingRoles.includes(role)),
  );
}
