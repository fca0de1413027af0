/** Changes of one team in Timely. A team has no version field: it is read right before it is written (timely-api.md, section 3). */
import { isDeepStrictEqual } from 'node:util';
import type { TeamChange, TeamState } from '../domain/change.ts';
import { mergeMembers } from '../domain/teams.ts';
import type { TimelyTeam } from '../domain/timely.ts';
import { attemptOf } from '../store/attempts.ts';
import { cycleRow } from '../store/cycles.ts';
import { linkTeam, rememberTeamName, teamLinkOf, timelyIdsOf, unlinkTeam } from '../store/links.ts';
import type { ChangeRow } from '../store/plans.ts';
import { forgetTeam, rememberTeam } from '../store/timely-snapshot.ts';
import type { Application, Effect } from './application.ts';
import { sendOnce } from './send-once.ts';

const subjectOf = (row: ChangeRow) => row.subject as TeamChange['subject'];
const wanted = (row: ChangeRow) => row.after as TeamState;

export async function applyToTeam(application: Application, kind: TeamChange['kind']): Promise<Effect> {
  switch (kind) {
    case 'createTeam':
      return await createTeam(application);
    case 'renameTeam':
      return await renameTeam(application);
    case 'setTeamMembers':
      return await setTeamMembers(application);
    case 'retireTeam':
      return await retireTeam(application);
  }
}

/** Posting a team twice makes two (timely-api.md, section 6), so it is sent once. */
async function createTeam(application: Application): Promise<Effect> {
  const { services, tenant, row } = application;
  const { source } = subjectOf(row);
  const { name, personIds } = wanted(row);
  const link = await teamLinkOf(services.database, row.tenant, source);
  const known = link ? await tenant.timely.team(link.timelyId) : null;
  if (known) return unlisted(row, known);
  const present = await timelyIdsOf(services.database, row.tenant, personIds, 'present');
  const members = [...present.values()].sort((a, b) => a - b);
  const team = await sendOnce(application, {
    look: () => tenant.timely.findTeam(name),
    send: (note) =>
      tenant.timely.createTeam(
        { name, members: members.map((userId) => ({ userId, lead: false, hideHours: false })) },
        note,
      ),
  });
  return {
    outcome: 'done',
    before: null,
    after: team,
    async remember(store) {
      await linkTeam(store, row.tenant, {
        source,
        timelyId: team.id,
        origin: 'created',
        name: team.name,
        personIds: [...present.keys()],
      });
      await rememberTeam(store, row.tenant, team);
    },
  };
}

async function renameTeam({ tenant, row }: Application): Promise<Effect> {
  const before = await currentTeam(tenant.timely, row);
  if (!before) return gone(row);
  const { name } = wanted(row);
  const after = before.name === name ? before : await tenant.timely.renameTeam(before.id, name);
  return {
    outcome: 'done',
    before,
    after,
    async remember(store) {
      await rememberTeamName(store, row.tenant, subjectOf(row).source, after.name);
      await rememberTeam(store, row.tenant, after);
    },
  };
}

/** Changes only people whom the sync answers for, and keeps everybody's lead and hidden-hours flags. */
async function setTeamMembers({ services, tenant, row }: Application): Promise<Effect> {
  const { database } = services;
  const { source } = subjectOf(row);
  const before = await currentTeam(tenant.timely, row);
  if (!before) return gone(row);
  const link = await teamLinkOf(database, row.tenant, source);
  const { projects } = tenant.file.teamMembers;
  const present = await timelyIdsOf(database, row.tenant, wanted(row).personIds, 'present');
  const answeredFor = await timelyIdsOf(database, row.tenant, link?.personIds ?? [], 'any');
  const members = mergeMembers({
    current: before.members,
    wanted: [...present.values()],
    managed: [...answeredFor.values(), ...present.values()],
    manual: await manualPolicy(services, tenant.file.teamMembers.manual, row),
  });
  const after = isDeepStrictEqual(members, before.members)
    ? before
    : await tenant.timely.setTeamMembers(before.id, members, projects);
  return {
    outcome: 'done',
    before,
    after,
    async remember(store) {
      // A team that an earlier attempt of ours made is found by its name like any other.
      const isOurs = (await attemptOf(store, row)) !== null;
      const origin = link?.origin ?? (isOurs ? 'created' : 'adopted');
      await linkTeam(store, row.tenant, {
        source,
        timelyId: after.id,
        origin,
        name: after.name,
        personIds: [...present.keys()],
      });
      await rememberTeam(store, row.tenant, after);
    },
  };
}

/** Behind a read that proves nothing nobody leaves a team, not even somebody added by hand since (behaviour.md, section 1.3). */
async function manualPolicy(
  { database }: Application['services'],
  manual: 'keep' | 'remove',
  row: ChangeRow,
) {
  const cycle = await cycleRow(database, row.tenant, row.cycle);
  return cycle?.evidence?.complete ? manual : 'keep';
}

/** A team that the sync made is deleted; one that was there before is only let go. Always approved by a person. */
async function retireTeam({ services, tenant, row }: Application): Promise<Effect> {
  const { source, timelyId } = subjectOf(row);
  const link = await teamLinkOf(services.database, row.tenant, source);
  const before = await currentTeam(tenant.timely, row);
  const deletes = before !== null && link?.origin === 'created';
  if (deletes) await tenant.timely.deleteTeam(before.id);
  return {
    outcome: 'done',
    before,
    after: deletes ? null : before,
    async remember(store) {
      await unlinkTeam(store, row.tenant, source);
      if (deletes && timelyId !== null) await forgetTeam(store, row.tenant, timelyId);
    },
  };
}

async function currentTeam(
  timely: Application['tenant']['timely'],
  row: ChangeRow,
): Promise<TimelyTeam | null> {
  const { timelyId } = subjectOf(row);
  return timelyId === null ? null : await timely.team(timelyId);
}

/** Timely's list of teams was behind, as its answer about this one shows. */
const unlisted = (row: ChangeRow, team: TimelyTeam): Effect => ({
  outcome: 'dropped',
  reason: `Timely did not list team ${team.name}, and has it all the same.`,
  remember: (store) => rememberTeam(store, row.tenant, team),
});

const gone = (row: ChangeRow): Effect => ({
  outcome: 'dropped',
  reason: `Team ${subjectOf(row).name} is no longer in Timely.`,
});
