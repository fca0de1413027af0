/**
 * What an administrator might write in an afternoon: the product's reading, planning and Timely client, and `p-limit`.
 * It stores, retries and asks nothing. Reads the tenant file of its first argument and prints one line of JSON.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import { z } from 'zod';
import { timelySettings } from '../config/connections.ts';
import { tenantAccess } from '../config/policy/tenant-access.ts';
import { policyShape, tenantPolicy } from '../config/policy/tenant-policy.ts';
import { syncRules } from '../config/rules.ts';
import { entraSettings } from '../config/source-settings.ts';
import { parseTenantFile, type TenantFile } from '../config/tenant-file.ts';
import { createEntraSource } from '../directory/entra/entra-source.ts';
import { gateChanges } from '../domain/gate/gate.ts';
import type { DirectorySnapshot, Person } from '../domain/people/directory.ts';
import { nameForTimely } from '../domain/people/names.ts';
import type { Change, PersonState, TeamState } from '../domain/plan/change.ts';
import { computePlan } from '../domain/plan/plan.ts';
import type { TimelySnapshot, TimelyUser } from '../domain/timely.ts';
import { createTimelyApi, type TimelyApi } from '../timely/api.ts';
import { refreshTokens } from '../timely/oauth.ts';
import type { RateLimiter } from '../timely/ports.ts';
import { readAllUsers } from '../timely/read.ts';

/** As many requests in flight as an `applyPlan` has changes in flight. */
const inFlight = 25;

const fileName = process.argv[2] ?? '';
const file = parseTenantFile(await readFile(fileName, 'utf8'), fileName);
const policy = tenantPolicy(z.object(policyShape).parse(process.env), process.env);
const access = tenantAccess({ tenant: file.tenant, nested: [] }, policy);
const startedAt = Date.now();
const people = await syncOnce(file);
console.log(JSON.stringify({ people, seconds: (Date.now() - startedAt) / 1000 }));

async function syncOnce(tenant: TenantFile): Promise<number> {
  const timely = await connect(tenant);
  const [directory, account] = await Promise.all([readDirectory(tenant), readTimely(timely)]);
  const changes = planned(tenant, directory, account);
  const limit = pLimit(inFlight);
  const timelyIds = new Map<string, number>();
  const inTurn = async (kinds: Change['kind'][]) => {
    const these = changes.filter(({ kind }) => kinds.includes(kind));
    await Promise.all(these.map((change) => limit(() => apply(timely, account, change, timelyIds))));
    return these.length;
  };
  const done = await inTurn(['invite', 'reinstate', 'link']);
  await inTurn(['createTeam', 'setTeamMembers']);
  return done;
}

async function connect(tenant: TenantFile): Promise<TimelyApi> {
  const { accountId, endpoint, application, initialRefreshToken, requestsPerSecond } = await timelySettings(
    tenant,
    access,
  );
  const { accessToken } = await refreshTokens({
    endpoint,
    application,
    refreshToken: initialRefreshToken ?? '',
  });
  const tokens = { accessToken: async () => accessToken, refresh: async () => accessToken };
  let nextAt = 0;
  const rateLimiter: RateLimiter = {
    async wait(prepare) {
      nextAt = Math.max(nextAt, Date.now()) + 1000 / requestsPerSecond;
      await sleep(nextAt - 1000 / requestsPerSecond - Date.now());
      return { moment: nextAt, prepared: await prepare() };
    },
    recordLatency: () => undefined,
    backOff: async () => undefined,
  };
  return createTimelyApi({ accountId, endpoint, tokens, rateLimiter });
}

async function readDirectory(tenant: TenantFile): Promise<DirectorySnapshot> {
  if (tenant.source.type !== 'entra') throw new Error('The plain script reads Entra ID.');
  const source = createEntraSource(await entraSettings(tenant.source, access));
  const readPlan = { attributes: ['jobTitle'], managers: false };
  const people = new Map<string, Person>();
  const groups = new Map<string, { id: string; name: string }>();
  const memberships: DirectorySnapshot['memberships'] = [];
  for (const stream of ['users', 'groups'] as const) {
    for await (const page of source.read(stream, null, readPlan)) {
      for (const entry of page.entries) {
        if (entry.type === 'person') people.set(entry.id, personOf(entry.id, entry.patch));
        else if (entry.type === 'group') groups.set(entry.id, { id: entry.id, name: entry.patch.name ?? '' });
        else if (entry.type === 'member') memberships.push(entry);
        else if (entry.type === 'removed') people.delete(entry.id);
      }
    }
  }
  const privileged = await source.privileged();
  return {
    people: [...people.values()],
    groups: [...groups.values()],
    memberships,
    privileged,
    appAssignments: [],
    complete: true,
    groupsRead: 'now',
  };
}

function personOf(id: string, { attributes = {}, ...patch }: Record<string, unknown>): Person {
  const empty = { name: '', userPrincipalName: '', mail: null, proxyAddresses: [], enabled: true };
  const rest = { kind: 'member', invitation: null, managerId: null } as const;
  return { id, ...empty, ...rest, ...patch, attributes: attributes as Person['attributes'] };
}

async function readTimely(timely: TimelyApi): Promise<TimelySnapshot> {
  const users = new Map<number, TimelyUser>();
  const verdict = await readAllUsers(timely, async (window) => {
    for (const user of window) users.set(user.id, user);
  });
  return {
    account: await timely.account(),
    ownUserId: (await timely.currentUser()).id,
    users: [...users.values()],
    teams: (await timely.teams()).map(({ members, ...team }) => ({ ...team, members: members ?? [] })),
    roles: await timely.roles(),
    complete: verdict.complete,
  };
}

function planned(tenant: TenantFile, directory: DirectorySnapshot, timely: TimelySnapshot): Change[] {
  const rules = syncRules(tenant);
  const digest = (text: string) => createHash('sha256').update(text).digest('hex');
  const now = new Date().toISOString();
  const made = computePlan({ rules, now, directory, timely, personLinks: [], teamLinks: [], digest });
  const gated = gateChanges({
    rules,
    plan: made,
    directory,
    timely,
    personLinks: [],
    teamLinks: [],
    firstCycle: true,
    recentRemovals: 0,
    approved: new Set(),
    requestedRules: new Map(),
  });
  return gated.filter(({ hold, refusal }) => hold === null && refusal === null);
}

async function apply(
  timely: TimelyApi,
  account: TimelySnapshot,
  { kind, subject, after }: Change,
  timelyIds: Map<string, number>,
): Promise<void> {
  if (subject.type === 'person') {
    const { personId, email, name } = subject;
    const roleId = account.roles.find((role) => role.name === (after as PersonState).role)?.id ?? 0;
    const sent = {
      email,
      name: nameForTimely(name, email, { refused: '', instead: new Map() }).name,
      roleId,
      externalId: personId,
    };
    const id = kind === 'link' ? subject.timelyId : (await timely.invite(sent)).id;
    if (id !== null) timelyIds.set(personId, id);
    return;
  }
  const ids = (after as TeamState).personIds.flatMap((personId) => timelyIds.get(personId) ?? []);
  const members = ids.map((userId) => ({ userId, lead: false, hideHours: false }));
  if (kind === 'createTeam') {
    await timely.createTeam({ name: subject.name, members });
  } else if (subject.timelyId !== null) {
    const team = await timely.team(subject.timelyId);
    if (!team) return;
    const kept = team.members;
    const added = members.filter(({ userId }) => !kept.some((member) => member.userId === userId));
    const projects = { grantOnJoin: false, revokeOnLeave: true };
    await timely.setTeamMembers(team, [...kept, ...added], projects);
  }
}
