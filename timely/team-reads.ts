import { ContractError } from '../domain/errors.ts';
import { sameText } from '../domain/text.ts';
import type { TimelyTeam } from '../domain/timely.ts';
import { type PageStart, readPages } from './pagination.ts';
import { emptyWhenRefused, nullWhenNotFound, type Send } from './requests.ts';
import { oneTeamResponse, type TeamResponse, teamExternalIdsResponse, teamsResponse } from './responses.ts';

/** Reads of the account's teams. All may throw the errors of `Send`. */
export interface TeamReads {
  /** All teams, odd rows among them, with their members, which are null when neither the list nor the team itself has them. */
  teams(): Promise<TeamResponse[]>;
  /** The `external_id` of each team, where Timely keeps what its creator set. */
  teamExternalIds(): Promise<string[]>;
  /** Null when there is no such team. */
  team(id: number): Promise<TimelyTeam | null>;
  /** A team of that name, ignoring case, from the list of teams or Timely's search, since either may lag behind. */
  findTeam(name: string): Promise<TimelyTeam | null>;
  /** The same by the search alone: one request, and null when Timely has no search or does not allow it. */
  searchTeam(name: string): Promise<TimelyTeam | null>;
}

export function createTeamReads(send: Send, path: string): TeamReads {
  const team = async (id: number) => {
    const call = {
      what: `read team ${id}`,
      method: 'GET',
      path: `${path}/${id}`,
      schema: oneTeamResponse,
    } as const;
    const found = await send(call).catch(nullWhenNotFound);
    return found && requireMembers(found);
  };
  /** The team with its members, read by id when a list has it without them. */
  const complete = async (listed: TeamResponse): Promise<TimelyTeam | null> =>
    hasMembers(listed) ? listed : await team(listed.id);
  const list = () => readAllTeams((start) => listTeams(send, path, start));
  const searchTeam = async (name: string) => {
    const found = (await searchTeams(send, path, name)).find((each) => sameText(each.name, name));
    return found ? await complete(found) : null;
  };
  return {
    teams: async () => {
      const teams: TeamResponse[] = [];
      for (const listed of await list()) {
        const whole = await complete(listed).catch((error: unknown) => withoutMembers(listed, error));
        if (whole) teams.push(whole);
      }
      return teams;
    },
    teamExternalIds: () => listExternalIds(send, path),
    team,
    findTeam: async (name) => {
      const listed = (await list()).find((each) => sameText(each.name, name));
      return listed ? await complete(listed) : await searchTeam(name);
    },
    searchTeam,
  };
}

/** Whether the response tells who is in the team. */
export const hasMembers = (team: TeamResponse): team is TimelyTeam => team.members !== null;

/** Unknown members must not pass for no members: the next write would remove everyone from the team. */
function requireMembers(team: TeamResponse): TimelyTeam {
  if (hasMembers(team)) return team;
  throw new ContractError(`Timely returned team ${team.id} without its members and their flags`);
}

/** One team that cannot be read must not keep the others from being read. */
function withoutMembers(team: TeamResponse, error: unknown): TeamResponse {
  if (error instanceof ContractError) return { ...team, members: null };
  throw error;
}

async function readAllTeams(list: (start: PageStart) => Promise<TeamResponse[]>): Promise<TeamResponse[]> {
  const teams = new Map<number, TeamResponse>();
  const readOnce = async () => {
    let pages = 0;
    for await (const page of readPages(list)) {
      pages += 1;
      for (const team of page) teams.set(team.id, team);
    }
    return pages;
  };
  // The list is sorted by name: a team that is renamed or deleted meanwhile moves others over the edge of a page.
  if ((await readOnce()) > 1) await readOnce();
  return [...teams.values()];
}

// Timely documents both styles of pagination and not which one it obeys (docs/reference/timely-api.md section 3): both
// are sent, and either works.
const pageQuery = ({ offset, page, size }: PageStart) => ({
  limit: size,
  offset,
  page,
  per_page: size,
  order: 'asc',
});

function listTeams(send: Send, path: string, start: PageStart): Promise<TeamResponse[]> {
  const query = pageQuery(start);
  return send({ what: 'list the teams', method: 'GET', path, query, schema: teamsResponse });
}

async function listExternalIds(send: Send, path: string): Promise<string[]> {
  const call = { what: 'list the teams', method: 'GET', path, schema: teamExternalIdsResponse } as const;
  const ids: string[] = [];
  for await (const page of readPages((start) => send({ ...call, query: pageQuery(start) }))) {
    ids.push(...page.flatMap(({ external_id }) => external_id ?? []));
  }
  return ids;
}

function searchTeams(send: Send, path: string, name: string): Promise<TeamResponse[]> {
  const query = { q: name, per_page: 100, page: 1 };
  const call = { what: 'search for a team', method: 'GET', path: `${path}/search`, query } as const;
  return send({ ...call, schema: teamsResponse }).catch(emptyWhenRefused);
}
