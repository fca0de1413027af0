/**
 * Okta: a first full read at the pace that Okta's rate limits allow, one of a large org without limits, idle cycles, and leavers
 * by event hooks. Times come from Temporal's history, requests from the simulator's ledger, memory from Linux.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { ProcessGroup } from '../client/local/process-group.ts';
import { startStack } from '../client/local/stack.ts';
import { openSandbox } from '../client/sandbox/control.ts';
import { oktaId } from '../simulators/okta/directory/objects.ts';
import type { OktaState } from '../simulators/okta/directory/state.ts';
import { limitOf } from '../simulators/okta/rates/rate-limits.ts';
import { startSandbox } from '../simulators/sandbox.ts';
import { benchEventHooks } from './notifications.ts';
import { measureTenant, type Span, type TenantFigures } from './scale/scale-measures.ts';
import { departments, inLetters, namedGroups } from './support/company-names.ts';
import { judge, machine } from './support/figures.ts';
import { inFolder, readLedger, withClient } from './support/stack.ts';
import { writeTenantFile } from './support/tenant-files.ts';

interface Org {
  people: number;
  groups: number;
  /** Multiplies Okta's default limits. */
  limitFactor: number;
}

const parts = ['limits', 'large', 'hooks'];
const oktaShare = 0.5;
const orgAgeMs = 86_400_000;
const timeAtBudgetMax = 1.1;
const idleRequestsMax = 6;
const largeReadSecondsMax = 60;
const largeReadMiBMax = 512;

/** Prints each figure beside its limit. `--part limits|large|hooks` measures one; `--faster N` multiplies the limits. */
export async function benchOkta(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      part: { type: 'string' },
      people: { type: 'string', default: '10000' },
      groups: { type: 'string', default: '500' },
      'large-people': { type: 'string', default: '100000' },
      faster: { type: 'string', default: '1' },
      leavers: { type: 'string', default: '50' },
    },
  });
  const isWanted = (part: string) => values.part === undefined || values.part === part;
  if (!parts.some(isWanted)) throw new Error(`--part is one of ${parts.join(', ')}.`);
  const [people, groups] = [Number(values.people), Number(values.groups)];
  if (isWanted('limits')) await benchLimits({ people, groups, limitFactor: Number(values.faster) });
  if (isWanted('large'))
    await benchLarge({ people: Number(values['large-people']), groups: 50, limitFactor: 100_000 });
  if (isWanted('hooks')) await benchEventHooks(Number(values.leavers));
}

async function benchLimits(org: Org): Promise<void> {
  const { people, groups, limitFactor } = org;
  console.log(`${machine}; Okta, ${people} people, ${groups} groups, default limits times ${limitFactor}`);
  const { figures, budgetMs } = await inFolder((folder, group) => measure(folder, group, org));
  const { first, idle } = figures;
  console.log(
    `first full read: ${first.readRequests} requests in ${seconds(first.readMs)}; at half of each limit ${seconds(budgetMs)}`,
  );
  judge({
    name: 'time by time at the budget',
    value: first.readMs / budgetMs,
    unit: '',
    atMost: timeAtBudgetMax,
  });
  judge({ name: 'idle cycle', value: idle.ofDirectory, unit: ' requests to Okta', atMost: idleRequestsMax });
}

async function benchLarge(org: Org): Promise<void> {
  console.log(`${machine}; Okta, ${org.people} people, no limits`);
  const { figures } = await inFolder((folder, group) => measure(folder, group, org));
  const { readMs, readPeakMiB } = figures.first;
  judge({ name: 'first full read', value: readMs / 1_000, unit: ' s', atMost: largeReadSecondsMax });
  judge({ name: 'worker until it ended', value: readPeakMiB, unit: ' MiB', atMost: largeReadMiBMax });
}

/** Measures the product as `npm start` runs it, with another org in the sandbox. */
async function measure(
  folder: string,
  group: ProcessGroup,
  org: Org,
): Promise<{ figures: TenantFigures; budgetMs: number }> {
  // The sandbox continues from the state in its folder. Nothing of the org is new, as in one that a customer connects.
  const made = await startSandbox({
    dataDir: join(folder, 'sandbox'),
    clock: () => new Date(Date.now() - orgAgeMs),
    company: (_microsoft, _timely, okta) => fillOrg(okta, org),
  });
  await made.close();
  const stack = await startStack(group, {
    dataFolder: folder,
    sandbox: true,
    directory: 'okta',
    files: [],
    say: () => undefined,
  });
  const { limitFactor } = org;
  const sandbox = await openSandbox(folder);
  await sandbox.order('okta', 'behave', { limitFactor, clientPercent: 100 });
  const tenantFile = await writeTenantFile(folder, needingAllGroups, { base: 'contoso-okta.yaml' });
  const setting = { folder, tenantFile, cycles: 5, directory: 'okta' } as const;
  const figures = await withClient(stack.address, (client) => measureTenant(client, setting));
  return { figures, budgetMs: await timeAtBudget(folder, figures.first.read, limitFactor) };
}

/** Every group is needed, and nobody is invited: Timely takes no time. */
const needingAllGroups = [
  [/requestsPerSecond: \d+/, 'requestsPerSecond: 1000'],
  [/every: \S+/, 'every: 1h'],
  [/ {4}- \{ department: \[Design.*\n/, ''],
  ['{ fromGroupsNamed: "Timely - *", name: "$1" }', '{ fromGroupsNamed: "Group *" }'],
] as const;

/** What the requests of the read take at half of each bucket's limit. One bucket is used after the other. */
async function timeAtBudget(folder: string, { startedAt, endedAt }: Span, factor: number): Promise<number> {
  const requests = (await readLedger(folder, 'okta')).filter(({ at }) => at >= startedAt && at <= endedAt);
  return requests.reduce((sum, { path }) => sum + 60_000 / (limitOf(path) * factor * oktaShare), 0);
}

/** Nobody is in a group that lets people in. Each person is in some of the groups. */
function fillOrg(okta: OktaState, { people, groups }: Org): void {
  for (const name of namedGroups) okta.createGroup({ id: oktaId('00g', name), displayName: name });
  const all = Array.from({ length: groups - namedGroups.length }, (_, index) => {
    const name = `Group ${index + 1}`;
    return okta.createGroup({ id: oktaId('00g', name), displayName: name }).id;
  });
  for (let number = 0; number < people; number += 1) {
    const name = `Person ${inLetters(number)}`;
    okta.join({
      displayName: name,
      id: oktaId('00u', name),
      department: departments[number % departments.length],
      groups: [0, 1].flatMap((place) => all[(number * 2 + place) % all.length] ?? []),
    });
  }
}

const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
