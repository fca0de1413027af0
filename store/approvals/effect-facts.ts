/** What the store knows for the effects of changes (domain/approvals/effect.ts). */
import { and, eq } from 'drizzle-orm';
import { type EffectFacts, namedMax } from '../../domain/approvals/effect.ts';
import { emailOf } from '../../domain/people/person.ts';
import { isOneOf, type Store } from '../database.ts';
import { timelyIdsOf } from '../planning/links.ts';
import type { ChangeRow, TeamChangeRow } from '../planning/plans.ts';
import { teamLinkOf } from '../planning/team-links.ts';
import { loadPeople } from '../replica/replica.ts';
import { storedTeam } from '../replica/timely-snapshot.ts';
import { personLinks } from '../schema/link-tables.ts';

const isTeamRow = (row: ChangeRow): row is TeamChangeRow => row.subject.type === 'team';

/** Loads the facts for some changes. Few of them are teams. */
export async function effectFacts(
  store: Store,
  tenant: string,
  rows: readonly ChangeRow[],
): Promise<(row: ChangeRow) => EffectFacts> {
  const teams = rows.filter(isTeamRow);
  const addresses = await addressesOf(store, tenant, teams);
  const addressOf = (personId: string) => addresses.get(personId) ?? personId;
  const facts = new Map<string, EffectFacts>();
  for (const row of teams) facts.set(row.subjectKey, { ...(await teamFacts(store, row)), addressOf });
  return (row) => facts.get(row.subjectKey) ?? { origin: null, membersByHand: 0, addressOf };
}

async function teamFacts(store: Store, { tenant, subject }: TeamChangeRow) {
  const link = await teamLinkOf(store, tenant, subject.source);
  const team = link && (await storedTeam(store, tenant, link.timelyId));
  const managed = new Set((await timelyIdsOf(store, tenant, link?.personIds ?? [], 'any')).values());
  const byHand = team?.members.filter(({ userId }) => !managed.has(userId)) ?? [];
  return { origin: link?.origin ?? null, membersByHand: byHand.length };
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
