/**
 * Finds the person or team that an operator means: by e-mail address, name, object id or sign-in name; teams by name or source.
 * Whoever only looks for somebody may give a part of an address or a name.
 */
import { type SQL, sql } from 'drizzle-orm';
import { cleanText, foldText, sameText } from '../../domain/text.ts';
import type { Database, Store } from '../database.ts';

/** A person by object id, by Timely's user id, or by both. */
export interface FoundPerson {
  personId: string | null;
  timelyId: number | null;
  name: string;
  email: string | null;
}

export interface FoundTeam {
  source: string | null;
  timelyId: number | null;
  name: string;
}

/** People or teams of one page: more at once help nobody to choose. */
const subjectsOnPage = 20;

/** Which of those who fit are asked for. */
interface Wanted {
  match?: 'whole' | 'part';
  /** How many of them stand before the page. */
  from?: number;
  limit?: number;
}

/**
 * People that a text may mean, by name. A match by id or address wins over a match by name. A person of the directory and a
 * user of Timely are one where a link or the external id says so, or where the user has the address of that person alone.
 */
export async function findPeople(
  store: Store,
  tenant: string,
  text: string,
  { match = 'whole', from = 0, limit = subjectsOnPage }: Wanted = {},
): Promise<FoundPerson[]> {
  const wanted = foldText(text);
  const fits = (known: SQL) =>
    match === 'whole' ? sql`${known} = ${wanted}` : sql`strpos(${known}, ${wanted}) > 0`;
  const given = cleanText(text).trim();
  const { rows } = await store.execute<{
    person_id: string | null;
    timely_id: string | null;
    name: string;
    email: string | null;
  }>(sql`
    with directory as (
      select id, facts ->> 'name' as name, coalesce(facts ->> 'mail', facts ->> 'userPrincipalName') as email,
        coalesce(facts ->> 'folded:mail', facts ->> 'folded:userPrincipalName') as address,
        id in (${given}, ${wanted}) or facts ->> 'folded:mail' = ${wanted}
        or facts ->> 'folded:userPrincipalName' = ${wanted}
        or starts_with(facts ->> 'folded:userPrincipalName', replace(${wanted}, '@', '_') || '#ext#')
        or facts -> 'folded:proxyAddresses' ? ('smtp:' || ${wanted}) as exact,
        ${fits(sql`facts ->> 'folded:name'`)} or ${fits(sql`facts ->> 'folded:mail'`)} as is_name
      from directory_people where tenant = ${tenant}
    ), timely as (
      select stored.id, stored.name, stored.email, stored.email_folded as address,
        coalesce(link.person_id, known.id) as person_id,
        stored.id::text = ${wanted} or stored.email_folded = ${wanted} or stored.external_id_folded = ${wanted} as exact,
        ${fits(sql`stored.name_folded`)} or ${fits(sql`stored.email_folded`)} as is_name
      from timely_users stored
      left join person_links link on link.tenant = stored.tenant and link.timely_id = stored.id
      left join directory_people known on known.tenant = stored.tenant and known.id = stored.external_id
      where stored.tenant = ${tenant}
    ), found as (
      select id as person_id, null::bigint as timely_id, name, email, address, coalesce(exact, false) as exact
      from directory where exact or is_name
      union all
      select person_id, id, name, email, address, coalesce(exact, false) from timely where exact or is_name
      union all
      select person_id, timely_id, coalesce(former ->> 'name', email), email, email, true from person_links
      where tenant = ${tenant}
        and (person_id in (${given}, ${wanted}) or email = ${wanted} or former_keys && array[${wanted}])
    ), merged as (
      select person_id, min(timely_id) as timely_id, (array_agg(name order by name, timely_id))[1] as name,
        (array_agg(email order by name, timely_id))[1] as email,
        (array_agg(address order by name, timely_id))[1] as address
      from found where exact or not (select bool_or(exact) from found)
      group by person_id, case when person_id is null then timely_id end
    ), beside as (
      select *, count(person_id) over same as people,
        min(case when person_id is null then timely_id end) over same as their_user
      from merged window same as (partition by address)
    )
    select person_id, name, email,
      case when address is null then timely_id else coalesce(timely_id, their_user) end as timely_id
    from beside where person_id is not null or address is null or people <> 1
    order by name, person_id, timely_id limit ${limit} offset ${from}`);
  return rows.map(({ person_id: personId, timely_id: timelyId, name, email }) => ({
    ...{ personId, name, email },
    timelyId: timelyId === null ? null : Number(timelyId),
  }));
}

/** Teams that a text may mean: linked ones, ones that the plan makes or adopts, and all others of Timely. */
export async function findTeams(
  store: Store,
  tenant: string,
  text: string,
  { match = 'whole', from = 0, limit = subjectsOnPage }: Wanted = {},
): Promise<FoundTeam[]> {
  // Teams are few, so all of them are compared here, by the one fold that there is.
  const { rows } = await store.execute<{
    source: string | null;
    timely_id: string | null;
    name: string;
    group_name: string | null;
  }>(sql`
    with bound as (
      select link.source, link.timely_id, coalesce(team.name, link.name, link.source) as name, groups.facts ->> 'name' as group_name
      from team_links link
      left join timely_teams team on team.tenant = link.tenant and team.id = link.timely_id
      left join directory_groups groups on groups.tenant = link.tenant and link.source = 'group:' || groups.id
      where link.tenant = ${tenant}
    ), planned as (
      select distinct on (change.subject_key) change.subject_key as source,
        (change.subject ->> 'timelyId')::bigint as timely_id, change.subject ->> 'name' as name,
        groups.facts ->> 'name' as group_name
      from changes change
      join tenants on tenants.tenant = change.tenant and tenants.plan_cycle = change.cycle
      left join directory_groups groups
        on groups.tenant = change.tenant and change.subject_key = 'group:' || groups.id
      where change.tenant = ${tenant} and change.status <> 'done'
        and change.kind in ('createTeam', 'renameTeam', 'setTeamMembers')
        and not exists (select from bound where bound.source = change.subject_key)
      order by change.subject_key, change.position
    ), wanted as (select * from bound union all select * from planned)
    select source, timely_id, name, group_name from wanted
    union all
    select null, team.id, team.name, null from timely_teams team where team.tenant = ${tenant}
      and not exists (select from wanted where wanted.timely_id = team.id)`);
  const wanted = foldText(text);
  const fits = (known: string) =>
    match === 'whole' ? sameText(known, text) : foldText(known).includes(wanted);
  const means = ({ source, timely_id, name, group_name }: (typeof rows)[number]) =>
    [source, name, group_name].some((known) => known !== null && fits(known)) || timely_id === wanted;
  return rows
    .filter(means)
    .slice(from, from + limit)
    .map(({ source, timely_id, name }) => ({
      source,
      timelyId: timely_id === null ? null : Number(timely_id),
      name,
    }));
}

/** Who or what a text may mean. */
export interface FoundSubjects {
  people: FoundPerson[];
  teams: FoundTeam[];
  /** Where the next page begins; null on the last one. */
  next: number | null;
  /** The text is their whole name, address or id, not a part of it. */
  isWhole: boolean;
}

/** Shorter parts fit too many. */
const partLengthMin = 2;

/**
 * People and teams that a text may mean; those whose name or address has it as a part, when it is none as a whole. A page has
 * up to twenty of each, from the place `from` on. All searches see one state, so that someone whom a cycle stores between them
 * is not taken for a part of a name.
 */
export async function findSubjects(
  database: Database,
  tenant: string,
  text: string,
  from = 0,
): Promise<FoundSubjects> {
  return await database.transaction(
    async (store) => {
      const find = (match: 'whole' | 'part', place: number) =>
        pageOfSubjects(store, tenant, text, { match, from: place });
      const whole = await find('whole', 0);
      const isFound = whole.people.length + whole.teams.length > 0;
      if (!isFound && foldText(text).length >= partLengthMin) return await find('part', from);
      return from === 0 ? whole : await find('whole', from);
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  );
}

async function pageOfSubjects(
  store: Store,
  tenant: string,
  text: string,
  { match, from }: { match: 'whole' | 'part'; from: number },
): Promise<FoundSubjects> {
  // One more says whether there is another page.
  const wanted = { match, from, limit: subjectsOnPage + 1 };
  const people = await findPeople(store, tenant, text, wanted);
  const teams = await findTeams(store, tenant, text, wanted);
  const hasMore = Math.max(people.length, teams.length) > subjectsOnPage;
  return {
    people: people.slice(0, subjectsOnPage),
    teams: teams.slice(0, subjectsOnPage),
    next: hasMore ? from + subjectsOnPage : null,
    isWhole: match === 'whole',
  };
}
