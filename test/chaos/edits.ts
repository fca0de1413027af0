/** Edits of people in a story, on both sides. Every sequence is valid: an edit that is impossible now does nothing. */
import type { StoredTeam, StoredUser } from '../../simulators/timely/objects.ts';
import type { MemberSetting, TimelyState } from '../../simulators/timely/state.ts';
import { crews, departments, type GroupIds, type GroupUse, groupNames } from './company.ts';
import { groupIn, type StoryDirectory, type StoryGroup, type StoryPerson } from './directories/directory.ts';
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
export function editDirectory(
  directory: StoryDirectory,
  step: DirectoryStep,
  context: EditContext,
): GroupIds {
  if (isGroupEdit(step.edit)) return editGroup(directory, { ...step, edit: step.edit }, context);
  const { groups, serial } = context;
  const { edits } = directory;
  const live = pick(withStatus(directory, 'live'), step.who);
  const group = groups[step.group];
  const department = pick(departments, step.department);
  const ofLive = (edit: (person: StoryPerson) => void) => live && edit(live);
  const edit: Record<Exclude<DirectoryStep['edit'], GroupEdit>, () => void> = {
    join: () => directory.join({ displayName: `New ${word(serial)}`, department, groups: [group] }),
    disable: () => ofLive(({ id }) => edits.setEnabled(id, false)),
    enable: () => ofLive(({ id }) => edits.setEnabled(id, true)),
    leave: () => ofLive(({ id }) => edits.leave(id)),
    restore: () => {
      const deleted = pick(withStatus(directory, 'deleted'), step.who);
      if (deleted) edits.restore(deleted.id);
    },
    rehire: () =>
      ofLive(({ id, name, signIn }) => {
        edits.purge(id);
        directory.join({ displayName: name, userPrincipalName: signIn, department, groups: [group] });
      }),
    recycleAddress: () =>
      ofLive(({ id, signIn, mail }) => {
        edits.purge(id);
        directory.join({
          displayName: `Other ${word(serial)}`,
          userPrincipalName: signIn,
          mail,
          department,
          groups: [group],
        });
      }),
    move: () => ofLive(({ id }) => edits.change(id, { department })),
    newMail: () => ofLive(({ id }) => directory.setMail(id, `mail.${serial}@contoso.example`)),
    enter: () => ofLive(({ id }) => edits.addToGroup(id, group)),
    exit: () => ofLive(({ id }) => edits.removeFromGroup(id, group)),
  };
  edit[step.edit]();
  return groups;
}

const withStatus = (directory: StoryDirectory, wanted: StoryPerson['status']) =>
  directory.people().filter(({ status }) => status === wanted);

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
  directory: StoryDirectory,
  step: DirectoryStep & { edit: GroupEdit },
  { groups, seenGroups, serial }: EditContext,
): GroupIds {
  const { edits, nesting } = directory;
  const group = groups[step.group];
  const crewIds = crews.map((crew) => groups[crew]);
  const isCrew = crewIds.includes(group);
  switch (step.edit) {
    case 'renameGroup':
      // A crew with another name has no team, and its old one would go with its members by hand. A recreated group that no
      // cycle has read under the line's name is not the line's: the line is held, and the oracle cannot know that.
      if (!isCrew && seenGroups.has(group)) edits.renameGroup(group, `Group ${serial}`);
      return groups;
    case 'recreateGroup':
      return recreateGroup(directory, step.group, groups);
    case 'takeName':
      takeName(directory, step, group);
      return groups;
    case 'hideGroup':
      directory.hiding?.hideMembers(group, step.who % 4 > 0);
      return groups;
    case 'exchangeNames':
      exchangeNames(directory, seen(step.who % 2 === 0 ? crewIds : crewIds.slice(1), seenGroups));
      return groups;
    case 'changeCase': {
      const { name } = knownGroup(directory, group);
      const small = name.toLowerCase();
      // The pattern of the crews' teams ignores case.
      if (isCrew) edits.renameGroup(group, name === small ? name.toUpperCase() : small);
      return groups;
    }
    case 'nest':
      if (!isCrew) nesting?.nest(group, groups.users);
      return groups;
    case 'unnest':
      if (knownGroup(directory, groups.users).members.includes(group)) nesting?.unnest(group, groups.users);
      return groups;
  }
}

/**
 * The groups that a healthy cycle has read. A new group has no team yet. Where a person was added by hand to the team of the
 * deleted group, that team stays, and no other crew can take its name: the sync holds the change, which the oracle cannot know.
 */
const seen = (ids: readonly string[], seenGroups: ReadonlySet<string>) =>
  ids.filter((id) => seenGroups.has(id));

/** Uses whose groups the tenant file names by name. */
const namedUses: readonly GroupUse[] = ['managers', 'guild', 'excluded', 'executives'];

/** A group that the story has not deleted. */
function knownGroup(directory: StoryDirectory, groupId: string): StoryGroup {
  const group = groupIn(directory, groupId);
  if (!group) throw new Error(`The directory has no group ${groupId} any more.`);
  return group;
}

const sharing = (directory: StoryDirectory, name: string, groupId: string) =>
  directory.groups().filter((group) => group.id !== groupId && group.name.trim() === name);

/** Deletes a group for good. Its use passes to the other group of the name, or to one made anew with its members. */
function recreateGroup(directory: StoryDirectory, use: GroupUse, groups: GroupIds): GroupIds {
  const isNamed = namedUses.includes(use);
  if (!isNamed && !crews.some((crew) => crew === use)) return groups;
  const { edits, nesting } = directory;
  const { id: groupId, name, members } = knownGroup(directory, groups[use]);
  const displayName = isNamed ? groupNames[use] : name;
  for (const parent of directory.groups())
    if (parent.members.includes(groupId)) nesting?.unnest(groupId, parent.id);
  directory.deleteGroup(groupId);
  const [other] = sharing(directory, displayName, groupId);
  if (other) return { ...groups, [use]: other.id };
  const made = edits.createGroup({ displayName });
  const live = withStatus(directory, 'live');
  for (const id of members) {
    if (live.some((person) => person.id === id)) edits.addToGroup(id, made.id);
    else if (groupIn(directory, id)) nesting?.nest(id, made.id);
  }
  return { ...groups, [use]: made.id };
}

/** Another group gets the name by which the tenant file knows a group. */
function takeName(directory: StoryDirectory, { group: use, who }: DirectoryStep, groupId: string): void {
  const name = groupNames[use];
  if (!namedUses.includes(use) || sharing(directory, name, groupId).length > 0) return;
  const taker = directory.edits.createGroup({ displayName: name });
  const person = pick(withStatus(directory, 'live'), who);
  if (person) directory.edits.addToGroup(person.id, taker.id);
}

/** Each group gets the name of the next one, in a ring. */
function exchangeNames(directory: StoryDirectory, ids: readonly string[]): void {
  const names = ids.map((id) => knownGroup(directory, id).name);
  for (const [position, id] of ids.entries())
    directory.edits.renameGroup(id, names[(position + 1) % names.length] ?? '');
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
