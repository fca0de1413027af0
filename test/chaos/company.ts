/** The company of the chaos stories: small, so that a difference is readable, and with every kind of rule. */
import type { MicrosoftState } from '../../simulators/microsoft/directory/state.ts';
import type { TimelyState } from '../../simulators/timely/state.ts';

const groupId = (digit: number) => `c4a05000-0000-4000-8000-00000000000${digit}`;

/** Groups by what the rules use them for; the tenant file names them by id, so that they may be renamed. */
export const groupIds = {
  users: groupId(1),
  leads: groupId(2),
  managers: groupId(3),
  guild: groupId(4),
  excluded: groupId(5),
  executives: groupId(6),
} as const;
export type GroupUse = keyof typeof groupIds;

/** In scope by their department. */
export const scopedDepartments = ['Design', 'Engineering'] as const;
export const departments = [...scopedDepartments, 'Sales'] as const;

const names: Record<GroupUse, string> = {
  users: 'Timely Users',
  leads: 'Leads',
  managers: 'Timely Managers',
  guild: 'Guild',
  excluded: 'Not in Timely',
  executives: 'Executives',
};

const people: [name: string, department: string, groups: GroupUse[]][] = [
  ['Ada North', 'Design', ['guild']],
  ['Ben South', 'Design', ['managers']],
  ['Cleo East', 'Engineering', ['guild']],
  ['Dan West', 'Engineering', []],
  ['Eva Hill', 'Engineering', ['excluded']],
  ['Finn Lake', 'Sales', ['users', 'guild']],
  ['Gro Field', 'Sales', ['leads']],
  ['Hal Stone', 'Sales', []],
  ['Ida Brook', 'Sales', ['users', 'executives']],
  ['Jon Wood', 'Design', []],
];

/** Fills both sides: ten people, and an account with a team of users who were added by hand. */
export function fillChaos(microsoft: MicrosoftState, timely: TimelyState): void {
  for (const [use, id] of Object.entries(groupIds))
    microsoft.createGroup({ id, displayName: names[use as GroupUse] });
  microsoft.nest(groupIds.leads, groupIds.users);
  for (const [displayName, department, uses] of people) {
    microsoft.join({ displayName, department, groups: uses.map((use) => groupIds[use]) });
  }
  const kim = timely.addActive('Kim Hand', 'kim@hand.example', 'employee');
  const lou = timely.addActive('Lou Hand', 'lou@hand.example', 'manager');
  timely.createTeam('Guild', [
    { user_id: kim.id, lead: true },
    { user_id: lou.id, hide_hours: true },
  ]);
}

/** Settings of the tenant file that change during a story. */
export interface ChaosSettings {
  removalsMax: number;
  /** Above 60 one activity applies several changes (domain/rate-limit/rate-limiter.ts). */
  requestsPerSecond: number;
}

/** The sandbox's tenant file with the rules of this company. */
export function chaosTenantFile(text: string, { removalsMax, requestsPerSecond }: ChaosSettings): string {
  const original = text.replace(/requestsPerSecond: \d+/, `requestsPerSecond: ${requestsPerSecond}`);
  const from = original.indexOf('\nscope:');
  const { users, managers, guild, excluded, executives } = groupIds;
  return `${original.slice(0, from)}
scope:
  include:
    - { group: ${users} }
    - { department: [${scopedDepartments.join(', ')}] }
  exclude:
    - { group: ${excluded} }
roles:
  default: employee
  rules:
    - { group: ${managers}, role: manager }
teams:
  - { fromGroup: ${guild} }
  - { fromDepartment: "*" }
leavers: { action: remove, removedInTimely: restore }
safety:
  removals: { max: ${removalsMax}, percent: 100, windowDays: 7 }
  roleChanges: { max: 1000, percent: 100 }
  readShrink: { percent: 100 }
  firstCycle: { removals: allow }
  sensitive: { directoryRoles: false, timelyRoles: [admin], groups: [${executives}], emails: [] }
schedule: { every: 1h, fullEvery: 24h, notifications: false }
`;
}
