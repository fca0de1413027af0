/** Edits of people in a story, on both sides. Every sequence is valid: an edit that is impossible now does nothing. */
import { type DirectoryObject, linkedIds } from '../../simulators/microsoft/directory/objects.ts';
import type { MicrosoftState } from '../../simulators/microsoft/directory/state.ts';
import type { StoredTeam, StoredUser } from '../../simulators/timely/objects.ts';
import type { MemberSetting, TimelyState } from '../../simulators/timely/state.ts';
import { crews, departments, type GroupIds, type GroupUse, groupNames } from './company.ts';
import type { Step } from './story.ts';

type DirectoryStep = Extract<Step, { do: 'directory' }>;
type HandStep = Extract<Step, { do: 'by hand' }>;

/** Picks by a number that may be larger than the list. */
const pick = <Item>(items: readonly Item[], number: number): Item | undefined => items[number % items.length];

/** What a story knows at an edit. */
export interface EditContext {
  /** The group that each use means. */
  groups: GroupIds;
  /** Ids of groups that a healthy cycle has read. */
  seenGroups: ReadonlySet<string>;
  /** Makes new names new. */
  serial: number;
}

/** Edits the directory. Returns the groups that each use means afterwards. */
export function editDirectory(state: MicrosoftState, step: DirectoryStep, context: EditContext): GroupIds {
  if (isGroupEdit(step.edit)) return editGroup(state, { ...step, edit: step.edit }, context);
  const { groups, serial } = context;
  const { users } = state.objects;
  const live = pick(
    users.filter(({ status }) => status === 'live'),
    step.who,
  );
  const group = groups[step.group];
  const department = pick(departments, step.department);
  const ofLive = (edit: (person: DirectoryObject) => void) => live && edit(live);
  const edits: Record<Exclude<DirectoryStep['edit'], GroupEdit>, () => void> = {
    join: () => state.join({ displayName: `New ${word(serial)}`, department, groups: [group] }),
    disable: () => ofLive(({ id }) => state.change(id, { accountEnabled: false })),
    enable: () => ofLive(({ id }) => state.change(id, { accountEnabled: true })),
    leave: () => ofLive(({ id }) => state.leave(id)),
    restore: () => {
      const deleted = pick(
        users.filter(({ status }) => status === 'deleted'),
        step.who,
      );
      if (deleted) state.restore(deleted.id);
    },
    rehire: () =>
      ofLive(({ id, properties }) => {
        state.purge(id);
        const { displayName, userPrincipalName } = properties;
        state.join({
          displayName: String(displayName),
          userPrincipalName: String(userPrincipalName),
          department,
          groups: [group],
        });
      }),
    recycleAddress: () =>
      ofLive(({ id, properties }) => {
        state.purge(id);
        state.join({
          displayName: `Other ${word(serial)}`,
          userPrincipalName: String(properties.userPrincipalName),
          mail: String(properties.mail),
          department,
          groups: [group],
        });
      }),
    move: () => ofLive(({ id }) => state.change(id, { department })),
    newMail: () => {
      const mail = `mail.${serial}@contoso.example`;
      ofLive(({ id }) => state.change(id, { mail, proxyAddresses: [`SMTP:${mail}`] }));
    },
    enter: () => ofLive(({ id }) => state.addToGroup(id, group)),
    exit: () => ofLive(({ id }) => state.removeFromGroup(id, group)),
  };
  edits[step.edit]();
  return groups;
}

const groupEdits = [
  'renameGroup',
  'recreateGroup',
  'takeName',
  'hideGroup',
  'exchangeNames',
  'changeCase',
  'nest',
  'unnest',
] as const;
type GroupEdit = (typeof groupEdits)[number];
const isGroupEdit = (edit: DirectoryStep['edit']): edit is GroupEdit =>
  groupEdits.some((each) => each === edit);

function editGroup(
  state: MicrosoftState,
  step: DirectoryStep & { edit: GroupEdit },
  { groups, seenGroups, serial }: EditContext,
): GroupIds {
  const group = groups[step.group];
  const crewIds = crews.map((crew) => groups[crew]);
  const isCrew = crewIds.includes(group);
  switch (step.edit) {
    case 'renameGroup':
      // A crew with another name has no team, and its old one would go with its members by hand. A recreated group that no
      // cycle has read under the line's name is not the line's: the line is held, and the oracle cannot know that.
      if (!isCrew && seenGroups.has(group)) state.renameGroup(group, `Group ${serial}`);
      return groups;
    case 'recreateGroup':
      return recreateGroup(state, step.group, groups);
    case 'takeName':
      takeName(state, step, group);
      return groups;
    case 'hideGroup':
      state.hideMembers(group, step.who % 4 > 0);
      return groups;
    case 'exchangeNames':
      exchangeNames(state, step.who % 2 === 0 ? crewIds : crewIds.slice(1));
      return groups;
    case 'changeCase': {
      const name = nameOf(state, group);
      const small = name.toLowerCase();
      // The pattern of the crews' teams ignores case.
      if (isCrew) state.renameGroup(group, name === small ? name.toUpperCase() : small);
      return groups;
    }
    case 'nest':
      if (!isCrew) state.nest(group, groups.users);
      return groups;
    case 'unnest':
      if (linkedIds(state.group(groups.users), 'members').includes(group)) state.unnest(group, groups.users);
      return groups;
  }
}

/** Uses whose groups the tenant file names by name. */
const namedUses: readonly GroupUse[] = ['managers', 'guild', 'excluded', 'executives'];
const nameOf = (state: MicrosoftState, groupId: string) =>
  String(state.group(groupId).properties.displayName);

const sharing = (state: MicrosoftState, name: string, groupId: string) =>
  state.objects.groups.filter(
    ({ id, status, properties }) =>
      id !== groupId && status === 'live' && String(properties.displayName).trim() === name,
  );

/** Deletes a group for good. Its use passes to the other group of the name, or to one made anew with its members. */
function recreateGroup(state: MicrosoftState, use: GroupUse, groups: GroupIds): GroupIds {
  const isNamed = namedUses.includes(use);
  if (!isNamed && !crews.some((crew) => crew === use)) return groups;
  const group = state.group(groups[use]);
  const displayName = isNamed ? groupNames[use] : nameOf(state, group.id);
  const members = linkedIds(group, 'members');
  const parents = state.objects.groups.filter(({ status }) => status === 'live');
  for (const parent of parents)
    if (linkedIds(parent, 'members').includes(group.id)) state.unnest(group.id, parent.id);
  state.deleteGroup(group.id, 'purged');
  const [other] = sharing(state, displayName, group.id);
  if (other) return { ...groups, [use]: other.id };
  const made = state.createGroup({ displayName });
  for (const id of members) {
    const member = state.objects.get(id);
    if (member?.status !== 'live') continue;
    if (member.kind === 'user') state.addToGroup(id, made.id);
    else state.nest(id, made.id);
  }
  return { ...groups, [use]: made.id };
}

/** Another group gets the name by which the tenant file knows a group. */
function takeName(state: MicrosoftState, { group: use, who }: DirectoryStep, groupId: string): void {
  const name = groupNames[use];
  if (!namedUses.includes(use) || sharing(state, name, groupId).length > 0) return;
  const taker = state.createGroup({ displayName: name });
  const person = pick(
    state.objects.users.filter(({ status }) => status === 'live'),
    who,
  );
  if (person) state.addToGroup(person.id, taker.id);
}

/** Each group gets the name of the next one, in a ring. */
function exchangeNames(state: MicrosoftState, ids: readonly string[]): void {
  const names = ids.map((id) => nameOf(state, id));
  for (const [position, id] of ids.entries())
    state.renameGroup(id, names[(position + 1) % names.length] ?? '');
}

/** Shows the members of all groups again. */
export function showAllMembers(state: MicrosoftState): void {
  for (const { id, status, properties } of state.objects.groups)
    if (status === 'live' && properties.visibility === 'HiddenMembership') state.hideMembers(id, false);
}

/** Edits Timely by hand. Returns the user that it added by hand, or null. */
export function editTimely(
  state: TimelyState,
  step: HandStep,
  strangers: ReadonlySet<number>,
  serial: number,
): StoredUser | null {
  const ours = state.present.filter(({ id }) => !strangers.has(id) && id !== state.account.owner_id);
  const user = pick(ours, step.who);
  const team = pick(state.teams, step.team);
  switch (step.edit) {
    case 'inviteStranger':
      return state.invite(`Hand ${word(serial)}`, `hand.${serial}@hand.example`, {
        role_id: state.roleNamed('employee')?.id ?? 0,
      });
    case 'removeUser':
      if (user) state.remove(user);
      return null;
    case 'changeRole': {
      const other = state.roleNamed(
        state.role(user?.role_id ?? 0)?.name === 'manager' ? 'employee' : 'manager',
      );
      if (user && other) state.update(user, { role_id: other.id });
      return null;
    }
    default:
      if (team) editTeam(state, step, team, pick([...strangers], step.who), serial);
      return null;
  }
}

function editTeam(
  state: TimelyState,
  { edit, who }: HandStep,
  team: StoredTeam,
  stranger: number | undefined,
  serial: number,
): void {
  const set = (members: MemberSetting[]) =>
    state.setMembers(team, members, { addToProjects: true, removeFromProjects: false });
  if (edit === 'renameTeam') team.name = `Renamed ${serial}`;
  if (edit === 'deleteTeam') state.deleteTeam(team);
  if (edit === 'removeFromTeam') {
    const leaves = pick(team.users, who)?.user_id;
    set(team.users.filter(({ user_id }) => user_id !== leaves));
  }
  if (edit === 'addStrangerToTeam' && stranger !== undefined) {
    const others = team.users.filter(({ user_id }) => user_id !== stranger);
    set([...others, { user_id: stranger, lead: who % 2 === 0, hide_hours: who % 3 === 0 }]);
  }
}

/** A number in letters: Timely refuses digits in names. */
const word = (serial: number) => [...String(serial)].map((digit) => 'ABCDEFGHIJ'[Number(digit)]).join('');
