/** Whole cycles against both simulators, without Temporal: from the read of a directory world to the writes to Timely. */
import { createActivities } from '../../../activities/index.ts';
import type { ReportLine } from '../../../domain/contract/report.ts';
import type { MicrosoftState } from '../../../simulators/microsoft/directory/state.ts';
import { findingsPage, reportLines } from '../../../store/query/cycle-reports.ts';
import type { DirectoryReader, DirectoryWorld, Reading } from './directory-world.ts';
import { retried } from './retried.ts';

/** What a cycle did, and what it left. */
export interface SandboxCycle extends Reading {
  /** Requests that wrote to Timely: `users.invite bo@contoso.example`. */
  writes: string[];
  /** Held changes: `invite bo@contoso.example unresolved-group`. */
  held: string[];
  failed: ReportLine[];
  /** `kind subject` each. */
  findings: string[];
}

/** The groups that the sandbox's tenant file names. */
const groups = [
  'Timely Users',
  'Timely Managers',
  'Timely Admins',
  'Executives',
  'Design Guild',
  'Not in Timely',
];

/**
 * A small company whose tenant file trips no limit. Ada, Bo and Eve are in "Timely Users", Bo in "Timely Managers". Cy, Di and
 * Ed are in scope by their department and kept out by "Not in Timely".
 */
export async function smallCompany(
  reader: DirectoryReader,
  fill: (state: MicrosoftState) => void = () => undefined,
): Promise<DirectoryWorld> {
  const world = await reader.world((state) => {
    for (const displayName of groups) state.createGroup({ displayName });
    const join = (displayName: string, ...of: string[]) => state.join({ displayName, groups: of });
    join('Ada', 'Timely Users');
    join('Bo', 'Timely Users', 'Timely Managers');
    join('Eve', 'Timely Users');
    for (const displayName of ['Cy', 'Di', 'Ed'])
      state.join({ displayName, department: 'Design', groups: ['Not in Timely'] });
    fill(state);
  });
  await world.configure(withoutLimits);
  return world;
}

export const withoutLimits = (text: string): string =>
  text
    .replace('leads: managers', 'leads: keep')
    .replace('removals: { max: 10, percent: 10,', 'removals: { max: 1000, percent: 100,')
    .replace('readShrink: { percent: 20 }', 'readShrink: { percent: 100 }')
    .replace('firstCycle: { removals: hold }', 'firstCycle: { removals: allow }');

/** Who is in Timely, without its owner. */
export const presentIn = ({ sandbox }: DirectoryWorld): string[] =>
  sandbox.timely.state.present
    .map(({ email }) => email.toLowerCase())
    .filter((email) => email !== 'owner@contoso.example')
    .sort();

export const contoso = (...names: string[]): string[] =>
  names.map((name) => `${name.toLowerCase()}@contoso.example`).sort();

/** Reads, plans and applies as a tenant's workflow does. */
export async function cycle(world: DirectoryWorld, { full = false } = {}): Promise<SandboxCycle> {
  const { services, tenant, sandbox, pass } = world;
  const { database } = services;
  const before = sandbox.timely.ledger.last;
  const reading = await world.read({ full, attempts: 20 });
  const { key } = reading;
  const activities = createActivities(services);
  await retried(pass, (environment) => environment.run(activities.readTimely, key));
  const { phases } = await activities.makePlan(key);
  for (const phase of phases.keys()) {
    const { changes } = await activities.listChanges({ ...key, phase, from: 0, limit: 250 });
    for (const { position } of changes) {
      const change = { ...key, position };
      await retried(pass, (environment) => environment.run(activities.applyChange, change));
    }
  }
  await activities.finishCycle({ tenant, cycle: key.cycle, cycleError: null });
  const lines = async (status: 'held' | 'failed') => {
    const where = { tenant, cycle: key.cycle, statuses: [status], after: 0, limit: 1_000 };
    return (await reportLines(database, where)).items;
  };
  const held = await lines('held');
  const { items } = await findingsPage(database, tenant, key.cycle, 0, 1_000);
  return {
    ...reading,
    writes: sandbox.timely.ledger.writes(before).map(({ operation, subject }) => `${operation} ${subject}`),
    held: held.map(({ change, subject, hold }) => `${change} ${subject} ${hold?.rule}`).sort(),
    failed: await lines('failed'),
    findings: items.map(({ kind, subject }) => `${kind} ${subject}`),
  };
}
