/** Fixed work in stages, undisturbed or with one disturbance in each stage. The ends of both must be equal. */
import { Client } from 'pg';
import type { ChainReport } from '../../domain/contract/report.ts';
import { nudgeSignal, tenantWorkflowId } from '../../workflows/messages.ts';
import { ask } from '../support/ask.ts';
import { startWorld, until, type World } from '../support/world.ts';
import { chaosTenantFile, fillChaos } from './company.ts';
import { entra } from './directories/entra.ts';
import { type Moment, requestsOf, superviseWorker, untilMoment, withinMs } from './kill-points.ts';

/** The first cycle; then, in turn, people come, move and leave (`forth`), and the reverse (`back`). */
export const stageKinds = [
  'first',
  'forth',
  'back',
  'forth',
  'back',
  'forth',
  'back',
  'forth',
  'back',
] as const;
export type StageKind = (typeof stageKinds)[number];

/** The state after a stage, and how many requests its cycle took. */
export interface StageEnd {
  users: unknown[];
  teams: unknown[];
  mails: string[];
  /** The changes of people with their number, and the changes of teams once each. */
  journal: string[];
  chainBroken: unknown;
  /** Addresses of people whom Timely was told to remove, each time. */
  removals: string[];
  /** Addresses of people whom an undo has removed or brought back, each time. */
  undone: string[];
  requests: number;
}

/** What happens in the middle of a stage. */
export interface Disturbance extends Moment {
  disturb(world: World): Promise<void>;
}

/**
 * Does the work in a world of its own, and passes the end of each stage to `ended` before the next begins.
 * `disturbances`: one for each stage, or null for an undisturbed one; `requestsPerSecond`: that of the tenant file.
 */
export async function doWork(
  servers: { temporal: string; postgres: string },
  disturbances: readonly (Disturbance | null)[],
  requestsPerSecond: number,
  ended: (stage: number, end: StageEnd) => void,
): Promise<void> {
  const world = await startWorld({
    company: (microsoft, timely, okta, sap) =>
      fillChaos(entra.directory({ microsoft, okta, sap }), entra.groupIds, timely),
    editFile: (text) => chaosTenantFile(text, { removalsMax: 100, requestsPerSecond }, entra.groupIds),
    servers,
  });
  const supervisor = superviseWorker(world);
  try {
    await supervisor.start();
    for (const [stage, disturbance] of disturbances.entries()) {
      const before = requestsOf(world);
      const work = doStage(world, stage);
      if (disturbance) {
        const moment = untilMoment(world, disturbance, work).then(() => disturbance.disturb(world));
        await Promise.all([moment, work]);
      } else await work;
      const requests = requestsOf(world) - before;
      await untilQuiet(world);
      ended(stage, { ...(await endOf(world)), requests });
    }
  } finally {
    supervisor.end();
    await world.close();
  }
}

async function doStage(world: World, stage: number): Promise<void> {
  if (stage === 0) {
    await retried(() => world.configure());
    await world.untilCycle(0, withinMs);
    return;
  }
  editCompany(world, stage);
  await nudgedCycle(world);
}

function editCompany({ sandbox }: World, stage: number): void {
  const { state } = sandbox.microsoft;
  const isForth = stage % 2 === 1;
  const number = Math.floor((stage - 1) / 2);
  // Timely takes no digits in names.
  const round = 'ABCDEFGH'[number];
  // Seven role changes in a week are as many as the tenant file allows, and an undo makes two more of one.
  const changesRole = number % 2 === 0;
  if (isForth) {
    state.join({ displayName: `Nora ${round}inter`, department: 'Design', groups: [entra.groupIds.guild] });
    state.join({ displayName: `Otto ${round}ummer`, department: 'Sales', groups: [entra.groupIds.users] });
    state.leave('Jon Wood');
    if (changesRole) state.addToGroup('Cleo East', entra.groupIds.managers);
  } else {
    state.leave(`Nora ${round}inter`);
    state.change(`Otto ${round}ummer`, { accountEnabled: false });
    state.restore('Jon Wood');
    if (changesRole) state.removeFromGroup('Cleo East', entra.groupIds.managers);
  }
  state.change('Dan West', { accountEnabled: !isForth });
  state.change('Ada North', { department: isForth ? 'Engineering' : 'Design' });
  state.renameGroup(entra.groupIds.guild, isForth ? 'Guild of Design' : 'Guild');
}

async function nudgedCycle(world: World): Promise<void> {
  const before = await retried(() => world.status());
  await retried(() =>
    world.client.workflow.getHandle(tenantWorkflowId(world.tenant)).signal(nudgeSignal, {}),
  );
  await world.untilCycle(before.cycle, withinMs);
}

/** Until a cycle without an error that wrote nothing. */
async function untilQuiet(world: World): Promise<void> {
  const { ledger } = world.sandbox.timely;
  let seen: unknown;
  await until(
    'a cycle that has nothing to do',
    async () => {
      const before = ledger.last;
      await nudgedCycle(world);
      seen = { status: await world.status(), writes: ledger.writes(before) };
      return ((await world.status()).health === 'ok' && ledger.writes(before).length === 0) || null;
    },
    withinMs,
  ).catch((error: Error) => {
    throw new Error(`${error.message} The last: ${JSON.stringify(seen)}`, { cause: error.cause });
  });
}

/** Repeats a call while its server is down. */
const retried = <Result>(call: () => Promise<Result>): Promise<Result> =>
  until('a response from Temporal', async () => ({ result: await call() }), withinMs).then(
    ({ result }) => result,
  );

async function endOf(world: World): Promise<Omit<StageEnd, 'requests'>> {
  const { state } = world.sandbox.timely;
  const email = (id: number) => state.user(id)?.email ?? '';
  const byText = (one: unknown, other: unknown) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1);
  const chain = await retried(() =>
    ask<ChainReport>(world.client, world.taskQueue, { about: 'verify', tenant: world.tenant, from: null }),
  );
  return {
    users: [...state.present, ...state.removed]
      .map((user) => ({
        email: user.email,
        deleted: user.deleted,
        role: state.role(user.role_id)?.name,
        isTied: user.external_id !== null,
      }))
      .sort(byText),
    teams: state.teams
      .map(({ name, users }) => ({
        name,
        users: users
          .map(({ user_id, lead, hide_hours }) => ({ email: email(user_id), lead, hide_hours }))
          .sort(byText),
      }))
      .sort(byText),
    mails: state.mails.map((mail) => `${mail.kind} ${mail.email}`).sort(),
    journal: await journalOf(world),
    removals: removalsOf(world),
    undone: await undoneOf(world),
    chainBroken: chain.broken,
  };
}

const removalsOf = ({ sandbox }: World): string[] =>
  sandbox.timely.ledger
    .writes()
    .filter(({ operation, status }) => operation === 'users.remove' && status === 200)
    .map(({ subject }) => subject ?? '')
    .sort();

async function undoneOf({ databaseUrl, tenant }: World): Promise<string[]> {
  return await entriesOf(
    databaseUrl,
    `select journal_entries.subject->>'email' as entry from journal_entries
     join cycles on cycles.tenant = journal_entries.tenant and number = cycle and cycles.kind = 'undo'
     where journal_entries.tenant = $1 and journal_entries.kind in ('remove', 'reinstate', 'invite') order by 1`,
    tenant,
  );
}

/** The members of a team may be written by two cycles instead of one; a change of a person happens once. */
async function journalOf({ databaseUrl, tenant }: World): Promise<string[]> {
  return await entriesOf(
    databaseUrl,
    `select kind || ' ' || coalesce(subject->>'email', subject->>'name')
         || case when subject->>'type' = 'person' then ' ' || count(*) else '' end as entry
       from journal_entries where tenant = $1 and subject->>'type' in ('person', 'team')
       group by kind, subject->>'email', subject->>'name', subject->>'type' order by 1`,
    tenant,
  );
}

async function entriesOf(databaseUrl: string, query: string, tenant: string): Promise<string[]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ entry: string }>(query, [tenant]);
    return rows.map(({ entry }) => entry);
  } finally {
    await client.end();
  }
}
