/** The company of the chaos stories: small, so that a difference is readable, and with every kind of rule. */
import type { TimelyState } from '../../simulators/timely/state.ts';
import type { StoryDirectory } from './directories/directory.ts';

/** What the rules use groups for. */
export const groupUses = [
  'users',
  'leads',
  'managers',
  'guild',
  'excluded',
  'executives',
  'red',
  'blue',
  'green',
] as const;
export type GroupUse = (typeof groupUses)[number];
/** The group that each use means now: a group made anew has another id. */
export type GroupIds = Readonly<Record<GroupUse, string>>;

/** The groups at the start. `idOf` gets the number of each use, from 1. */
export const groupIdsBy = (idOf: (use: GroupUse, number: number) => string): GroupIds =>
  Object.fromEntries(groupUses.map((use, index) => [use, idOf(use, index + 1)])) as Record<GroupUse, string>;

/** Their teams come from a pattern, and they exchange names. */
export const crews = ['red', 'blue', 'green'] as const satisfies GroupUse[];

/** In scope by their department. */
export const scopedDepartments = ['Design', 'Engineering', 'Caf\u00e9'] as const;
/** The directory spells one of them in decomposed Unicode too. */
export const departments = ['Design', 'Engineering', 'Sales', 'Caf\u00e9', 'Cafe\u0301'] as const;

/** Names at the start. The tenant file names all groups but the first two and the crews by them. */
export const groupNames: Record<GroupUse, string> = {
  users: 'Timely Users',
  leads: 'Leads',
  managers: '\u0130nsan Kaynaklar\u0131',
  guild: 'Guild',
  excluded: 'Not in Timely',
  executives: 'Executives',
  red: 'Crew Red',
  blue: 'Crew Blue',
  green: 'Crew Green',
};

const people: [name: string, department: string, groups: GroupUse[]][] = [
  ['Ada North', 'Design', ['guild', 'red']],
  ['Ben South', 'Design', ['managers']],
  ['Cleo East', 'Engineering', ['guild', 'blue']],
  ['Dan West', 'Engineering', ['green', 'red']],
  ['Eva Hill', 'Engineering', ['excluded']],
  ['Finn Lake', 'Sales', ['users', 'guild']],
  ['Gro Field', 'Sales', ['leads']],
  ['Hal Stone', 'Sales', []],
  ['Ida Brook', 'Sales', ['users', 'executives']],
  ['Jon Wood', 'Design', []],
];

/** The person who is in Timely by hand at the start, and their role there. */
export const adopted = { name: 'Jon Wood', email: 'jon.wood@contoso.example', role: 'manager' } as const;

/** Fills both sides: ten people, and an account with teams of users who were added by hand. */
export function fillChaos(directory: StoryDirectory, groupIds: GroupIds, timely: TimelyState): void {
  for (const use of groupUses) {
    // The directory keeps a no-break space behind a name.
    const blank = use === 'managers' ? '\u00a0' : '';
    directory.edits.createGroup({ id: groupIds[use], displayName: `${groupNames[use]}${blank}` });
  }
  directory.nesting?.nest(groupIds.leads, groupIds.users);
  for (const [displayName, department, uses] of people) {
    // Without groups in groups, who leads is a user by name.
    const isFlat = directory.nesting === undefined && uses.includes('leads');
    const all: GroupUse[] = isFlat ? [...uses, 'users'] : uses;
    directory.join({ displayName, department, groups: all.map((use) => groupIds[use]) });
  }
  timely.addActive(adopted.name, adopted.email, adopted.role);
  const kim = timely.addActive('Kim Hand', 'kim@hand.example', 'employee');
  const lou = timely.addActive('Lou Hand', 'lou@hand.example', 'manager');
  timely.createTeam('Guild', [
    { user_id: kim.id, lead: true },
    { user_id: lou.id, hide_hours: true },
  ]);
  timely.createTeam(groupNames.red, [{ user_id: kim.id, lead: true }]);
}

/** Settings of the tenant file that change during a story. */
export interface ChaosSettings {
  removalsMax: number;
  /** Above 60 one activity applies several changes (domain/rate-limit/rate-limiter.ts). */
  requestsPerSecond: number;
}

/** The sandbox's tenant file with the rules of this company. */
export function chaosTenantFile(
  text: string,
  { removalsMax, requestsPerSecond }: ChaosSettings,
  groupIds: GroupIds,
): string {
  const original = text.replace(/requestsPerSecond: \d+/, `requestsPerSecond: ${requestsPerSecond}`);
  const from = original.indexOf('\nscope:');
  const { managers, guild, excluded, executives } = groupNames;
  return `${original.slice(0, from)}
scope:
  include:
    - { group: ${groupIds.users} }
    - { department: [${scopedDepartments.join(', ')}] }
  exclude:
    - { group: ${excluded} }
roles:
  default: employee
  rules:
    - { group: ${managers}, role: manager }
teams:
  - { fromGroup: ${guild} }
  - { fromGroupsNamed: "Crew *" }
  - { fromDepartment: "*" }
leavers: { action: remove, removedInTimely: restore }
safety:
  removals: { max: ${removalsMax}, percent: 100, windowDays: 7 }
  roleChanges: { max: 100, percent: 100, windowDays: 7 }
  readShrink: { percent: 100 }
  firstCycle: { removals: allow }
  sensitive: { directoryRoles: false, timelyRoles: [admin], groups: [${executives}], emails: [] }
schedule: { every: 1h, fullEvery: 24h, notifications: false }
`;
}
