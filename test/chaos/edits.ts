/** Edits of people in a story, on both sides. Every sequence is valid: an edit that is impossible now does nothing. */
import { type DirectoryObject, linkedIds } from '../../simulators/microsoft/directory/objects.ts';
import type { MicrosoftState } from '../../simulators/microsoft/directory/state.ts';
import type { StoredTeam, StoredUser } from '../../simulators/timely/objects.ts';
import type { MemberSetting, TimelyState } from '../../simulators/timely/state.ts';
import { departments, groupIds } from './company.ts';
import type { Step } from './story.ts';

type DirectoryStep = Extract<Step, { do: 'directory' }>;
type HandStep = Extract<Step, { do: 'by hand' }>;

/** Picks by a number that may be larger than the list. */
const pick = <Item>(items: readonly Item[], number: number): Item | undefined => items[number % items.length];

/** Edits the directory; `serial` makes new names new. */
export function editDirectory(state: MicrosoftState, step: DirectoryStep, serial: number): void {
  const { users } = state.objects;
  const live = pick(
    users.filter(({ status }) => status === 'live'),
    step.who,
  );
  const group = groupIds[step.group];
  const department = pick(departments, step.department);
  const ofLive = (edit: (person: DirectoryObject) => void) => live && edit(live);
  const edits: Record<DirectoryStep['edit'], () => void> = {
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
    move: () => ofLive(({ id }) => state.change(id, { department })),
    newMail: () => {
      const mail = `mail.${serial}@contoso.example`;
      ofLive(({ id }) => state.change(id, { mail, proxyAddresses: [`SMTP:${mail}`] }));
    },
    enter: () => ofLive(({ id }) => state.addToGroup(id, group)),
    exit: () => ofLive(({ id }) => state.removeFromGroup(id, group)),
    renameGroup: () => state.renameGroup(group, `Group ${serial}`),
    nest: () => state.nest(group, groupIds.users),
    unnest: () => {
      if (linkedIds(state.group(groupIds.users), 'members').includes(group))
        state.unnest(group, groupIds.users);
    },
  };
  edits[step.edit]();
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
