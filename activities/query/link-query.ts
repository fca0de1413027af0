/** Ties a person to a Timely user, or unties them, as an operator says (docs/reference/rules.md section 3.2). */
import { setTimeout as sleep } from 'node:timers/promises';
import type { LinkReport } from '../../domain/contract/link.ts';
import type { LinkQuery } from '../../domain/contract/query.ts';
import { isSameAddress } from '../../domain/people/address.ts';
import { emailOf } from '../../domain/people/person.ts';
import type { TimelyUser } from '../../domain/timely.ts';
import { workScope } from '../../http/work-scope.ts';
import { WrongUseError } from '../../store/approvals/decisions.ts';
import {
  findTimelyUsers,
  isBetweenCycles,
  linkByHand,
  unlinkByHand,
} from '../../store/planning/manual-links.ts';
import { type FoundPerson, findPeople } from '../../store/query/find-subject.ts';
import { personLinkOf, timelyUserOf } from '../../store/query/why.ts';
import { loadPeople } from '../../store/replica/replica.ts';
import { accountRow, userOf } from '../../store/replica/timely-snapshot.ts';
import { newestTenantFile, type Services } from '../services.ts';
import {
  type LinkContext,
  labelFor,
  requireHarmless,
  requireInScope,
  requireNoHold,
  requireNoOtherLink,
} from './link-checks.ts';

/** How long a running cycle is waited for. */
const waitForCycleMs = 25_000;
const pollMs = 500;

/**
 * Waits for a running cycle to end.
 * @throws WrongUseError for a text that fits no person or user, or several; when another link or a hold stands against it;
 *   and when the cycle runs on
 */
export async function runLinkQuery(services: Services, query: LinkQuery): Promise<LinkReport> {
  const { database, now } = services;
  const { tenant } = query;
  const file = await newestTenantFile(services, tenant);
  for (let waitedMs = 0; waitedMs < waitForCycleMs; waitedMs += pollMs) {
    const report = await database.transaction(async (store) => {
      if (!(await isBetweenCycles(store, tenant))) return null;
      const context = { store, tenant, file, now };
      return query.about === 'link' ? await link(context, query) : await unlink(context, query);
    });
    if (report) return report;
    await sleep(pollMs);
    workScope()?.signal.throwIfAborted();
  }
  throw new WrongUseError(
    `A cycle of ${tenant} is running and may be writing for this person. Try again when it has ended: timely-sync watch ${tenant} shows it.`,
  );
}

async function link(context: LinkContext, query: Extract<LinkQuery, { about: 'link' }>): Promise<LinkReport> {
  const { store, tenant, file } = context;
  const found = await personMeantBy(context, query.person);
  const [person] = found.personId === null ? [] : await loadPeople(store, tenant, [found.personId]);
  if (!person) {
    throw new WrongUseError(`The directory no longer has this person, so there is no one to link.`);
  }
  const user = await userMeantBy(context, query.timelyUser);
  const isNew = await requireNoOtherLink(context, person, user);
  if (isNew) {
    await requireInScope(context, person);
    await requireNoHold(context, person.id, 'link');
    await requireHarmless(context, person, user);
  }
  const email = emailOf(person) ?? user.email;
  const entry = { id: query.id, by: query.by, at: context.now() };
  const state = user.removed ? 'removed' : 'present';
  if (isNew) {
    const made = { personId: person.id, timelyId: user.id, email, role: null, roleByHand: true };
    await linkByHand(store, tenant, made, state, entry);
  }
  const next = user.removed
    ? 'The user is removed in Timely: the next cycle takes them back, by the rules and the gate of any cycle.'
    : 'The next cycle gives the user the role and teams of the tenant file, by the gate of any cycle.';
  return reportOf(
    file.tenant,
    isNew ? 'linked' : 'nothing',
    { ...person, email: emailOf(person) },
    user,
    next,
  );
}

async function unlink(
  context: LinkContext,
  query: Extract<LinkQuery, { about: 'unlink' }>,
): Promise<LinkReport> {
  const { store, tenant } = context;
  const found = await personMeantBy(context, query.person);
  const id = found.personId ?? '';
  const known = await personLinkOf(store, tenant, id);
  if (!known) throw new WrongUseError(`${tenant} links this person to no Timely user.`);
  await requireNoHold(context, id, 'unlink');
  await unlinkByHand(store, tenant, known, { id: query.id, by: query.by, at: context.now() });
  const row = await timelyUserOf(store, tenant, known.timelyId);
  const { timelyId, email } = known;
  const user = row ?? { id: timelyId, name: email, email, removed: true, externalId: null };
  const [person] = await loadPeople(store, tenant, [id]);
  const address = person ? emailOf(person) : null;
  const isFoundAgain =
    user.externalId === id || (person && address !== null && isSameAddress(user.email, address));
  const next = isFoundAgain
    ? 'The next cycle finds the same user again by the external id or the address. Change one of them in Timely first, or link the person to another user.'
    : 'The next cycle matches the person again. It leaves the Timely user alone unless another person matches that user.';
  return reportOf(tenant, 'unlinked', { id, name: found.name, email: address ?? found.email }, user, next);
}

function reportOf(
  tenant: string,
  did: LinkReport['did'],
  { id, name, email }: LinkReport['person'],
  user: LinkReport['timely'],
  next: string,
): LinkReport {
  const timely = { id: user.id, name: user.name, email: user.email, removed: user.removed };
  return { tenant, did, person: { id, name, email }, timely, next };
}

async function personMeantBy(context: LinkContext, text: string): Promise<FoundPerson> {
  const { store, tenant } = context;
  const people = (await findPeople(store, tenant, text)).filter(({ personId }) => personId !== null);
  const [first, ...others] = people;
  if (!first) {
    throw new WrongUseError(
      'No person of the directory is meant: give an e-mail address, a name, an object id or a sign-in name.',
    );
  }
  if (others.length === 0) return first;
  const meant = people.map(({ name, personId }) => labelFor(name, personId ?? ''));
  throw new WrongUseError(`Several people are meant, so give the object id: ${meant.join(', ')}.`);
}

async function userMeantBy(context: LinkContext, text: string): Promise<TimelyUser> {
  const { store, tenant } = context;
  const rows = await findTimelyUsers(store, tenant, text);
  const [first, ...others] = rows;
  if (!first) {
    throw new WrongUseError(
      `Timely had no such user when ${tenant} last read it: give a Timely id, an e-mail address or a name.`,
    );
  }
  if (others.length === 0) return userOf(first, (await accountRow(store, tenant))?.roles ?? []);
  const meant = rows.map(({ name, id }) => labelFor(name, id));
  throw new WrongUseError(`Several Timely users are meant, so give the id: ${meant.join(', ')}.`);
}
