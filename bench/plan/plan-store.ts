/** Fills a store with both sides of a large tenant, as reads would leave them. */
import { sql } from 'drizzle-orm';
import type { PersonLink } from '../../domain/people/link.ts';
import { asJson, type Database, inSets } from '../../store/database.ts';
import { storeExtras } from '../../store/replica/replica.ts';
import { personFacts, withFoldedFacts } from '../../store/replica/staged-entries.ts';
import { storeAccount, storeUsers } from '../../store/replica/timely-snapshot.ts';
import { storeConfiguration } from '../../store/tenants.ts';
import type { PlanSides } from './plan-company.ts';

/** Writes all that a plan reads, in sets. */
export async function fillPlanStore(
  database: Database,
  tenant: string,
  file: unknown,
  { directory, timely, personLinks }: PlanSides,
): Promise<void> {
  await storeConfiguration(database, tenant, file);
  for (const people of inSets(directory.people, ({ id, ...facts }) => ({ id, facts: personFacts(facts) }))) {
    await database.execute(sql`insert into directory_people (tenant, id, facts)
      select ${tenant}, id, facts from jsonb_to_recordset(${asJson(people)}) as entry (id text, facts jsonb)`);
  }
  for (const groups of inSets(directory.groups, ({ id, name }) => ({
    id,
    facts: withFoldedFacts({ name }),
  }))) {
    await database.execute(sql`insert into directory_groups (tenant, id, facts)
      select ${tenant}, id, facts from jsonb_to_recordset(${asJson(groups)}) as entry (id text, facts jsonb)`);
  }
  for (const members of inSets(directory.memberships, (membership) => membership)) {
    await database.execute(sql`insert into directory_memberships (tenant, group_id, member_id, member_kind)
      select ${tenant}, "groupId", "memberId", "memberKind" from jsonb_to_recordset(${asJson(members)}) as entry
        ("groupId" text, "memberId" text, "memberKind" text) on conflict do nothing`);
  }
  await storePersonLinks(database, tenant, personLinks);
  for (const users of inSets(timely.users, (user) => user)) await storeUsers(database, tenant, users, 1);
  const { account, roles, ownUserId, complete } = timely;
  await storeAccount(database, tenant, {
    account,
    roles,
    ownUserId,
    complete,
    watermark: 0,
    wholeAt: new Date(),
  });
  await storeExtras(database, tenant, directory);
  await database.execute(sql`vacuum (analyze)`);
}

/** Writes links, as earlier cycles would leave them. */
export async function storePersonLinks(
  database: Database,
  tenant: string,
  personLinks: readonly PersonLink[],
): Promise<void> {
  for (const links of inSets(personLinks, (link) => link)) {
    await database.execute(sql`insert into person_links (tenant, person_id, timely_id, state, email, role)
      select ${tenant}, "personId", "timelyId", state, email, role from jsonb_to_recordset(${asJson(links)}) as entry
        ("personId" text, "timelyId" bigint, state text, email text, role text)`);
  }
}
