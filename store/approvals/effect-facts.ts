/** What the store knows for the effects of changes (domain/approvals/effect.ts). */
import { and, eq } from 'drizzle-orm';
import { type EffectFacts, namedMax } from '../../domain/approvals/effect.ts';
import { emailOf } from '../../domain/people/person.ts';
import { isOneOf, type Store } from '../database.ts';
import { timelyIdsOf } from '../planning/links.ts';
import { type ChangeRow, isTeamRow, type TeamChangeRow } from '../planning/plans.ts';
import { teamLinkOf } from '../planning/team-links.ts';
import { loadPeople } from '../replica/replica.ts';
import { addressOf as addressOfUser, removedAmong, storedTeam } from '../replica/timely-snapshot.ts';
import { personSubject } from '../schema/json-values.ts';
import { personLinks } from '../schema/link-tables.ts';
import { changes } from '../schema/planning-tables.ts';

/** Loads the facts for some changes of a plan. Few of them are teams. */
export async function effectFacts(
  store: Store,
  tenant: string,
  rows: readonly ChangeRow[],
  manual: EffectFacts['manual'],
): Promise<(row: ChangeRow) => EffectFacts> {
  const teams = rows.filter(isTeamRow);
  const addresses = await addressesOf(store, tenant, teams);
  const addressOf = (personId: string) => addresses.get(personId) ?? personId;
  const facts = new Map<string, EffectFacts>();
  const others = { manual, addressOf };
  for (const row of teams) facts.set(row.subjectKey, { ...(await teamFacts(store, row, manual)), ...others });
  return (row) => facts.get(row.subjectKey) ?? { origin: null, membersByHand: 0, byHand: [], ...others };
}

async function teamFacts(
  store: Store,
  { tenant, cycle, kind, subject, before, after }: TeamChangeRow,
  manual: EffectFacts['manual'],
) {
  const link = await teamLinkOf(store, tenant, subject.source);
  // Only these changes may concern members from other hands.
  if (kind !== 'retireTeam' && manual === 'keep')
    return { origin: link?.origin ?? null, membersByHand: 0, byHand: [] };
  const timelyId = subject.timelyId ?? link?.timelyId ?? null;
  const team = timelyId === null ? null : await storedTeam(store, tenant, timelyId);
  const ids = [...(link?.personIds ?? []), ...(before?.personIds ?? []), ...(after?.personIds ?? [])];
  const managed = new Set([
    ...(await timelyIdsOf(store, tenant, ids, 'any')).values(),
    ...(await usersLinkedBy(store, tenant, cycle, ids)),
  ]);
  const others = (team?.members ?? []).map(({ userId }) => userId).filter((id) => !managed.has(id));
  const removed = await removedAmong(store, tenant, others);
  const present = others.filter((id) => !removed.has(id));
  const byHand: string[] = [];
  for (const id of present.slice(0, namedMax))
    byHand.push((await addressOfUser(store, tenant, id)) ?? `user ${id}`);
  return { origin: link?.origin ?? null, membersByHand: present.length, byHand };
}

/** Timely ids of people whom the same plan links: they have no link yet. */
async function usersLinkedBy(
  store: Store,
  tenant: string,
  cycle: number,
  personIds: string[],
): Promise<number[]> {
  const rows = await store
    .select({ subject: changes.subject })
    .from(changes)
    .where(
      and(
        eq(changes.tenant, tenant),
        eq(changes.cycle, cycle),
        eq(changes.kind, 'link'),
        isOneOf(changes.subjectKey, personIds),
      ),
    );
  return rows.flatMap(({ subject }) => personSubject.parse(subject).timelyId ?? []);
}

/** Addresses of the people who join or leave, as far as they are named. A person who is gone has the one of the link. */
async function addressesOf(
  store: Store,
  tenant: string,
  rows: readonly TeamChangeRow[],
): Promise<Map<string, string>> {
  const ids = [
    ...new Set(
      rows.flatMap(({ before, after }) => [
        ...firstMissing(before?.personIds, after?.personIds),
        ...firstMissing(after?.personIds, before?.personIds),
      ]),
    ),
  ];
  if (ids.length === 0) return new Map();
  const { personId, email } = personLinks;
  const linked = await store
    .select({ personId, email })
    .from(personLinks)
    .where(and(eq(personLinks.tenant, tenant), isOneOf(personId, ids)));
  const addresses = new Map(linked.map((row) => [row.personId, row.email]));
  for (const person of await loadPeople(store, tenant, ids)) {
    const address = emailOf(person) ?? person.name;
    addresses.set(person.id, address);
  }
  return addresses;
}

function firstMissing(ids: readonly string[] = [], others: readonly string[] = []): string[] {
  const there = new Set(others);
  return ids.filter((id) => !there.has(id)).slice(0, namedMax);
}
