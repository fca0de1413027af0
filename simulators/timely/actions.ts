/** Edits by hand in Timely: the actions of `POST /_control/<action>`. */
import { z } from 'zod';
import { action, type ControlActions, ControlError, type ControlResult } from '../control.ts';
import type { StoredRole, StoredTeam, StoredUser } from './objects.ts';
import type { MemberSetting, TimelyState } from './state.ts';

const text = z.string().trim().min(1);
const behaviourChange = z.strictObject({
  pageCap: z.int().positive().optional(),
  duplicateEmail: z.enum(['invite again', 'refuse']).optional(),
  reinvited: z.enum(['same id', 'new id']).optional(),
  secondDelete: z.union([z.literal(404), z.literal(200)]).optional(),
  teamPaging: z.enum(['limit and offset', 'page and per_page']).optional(),
  teamExternalId: z.enum(['stored', 'dropped']).optional(),
  removedUser: z.union([z.literal(404), z.literal(403), z.literal(200)]).optional(),
  userSearch: z.enum(['names and addresses', 'names', 'refused']).optional(),
  teamLists: z.enum(['members', 'ids', 'nothing']).optional(),
  teamUpdates: z.enum(['members', 'nothing']).optional(),
  teamNames: z.enum(['any', 'unique']).optional(),
  teamUpdateNeeds: z.enum(['nothing', 'users']).optional(),
  userAnswers: z.enum(['whole', 'bare']).optional(),
  removedMembers: z.enum(['leave', 'stay']).optional(),
  unauthorizedBody: z.enum(['errors', 'error']).optional(),
  refreshTokens: z.enum(['rotate', 'keep']).optional(),
  accessTokenSeconds: z.number().positive().nullable().optional(),
});

/** Returns the actions, each with its own body. People are named by e-mail address, id or a unique name. */
export function timelyActions(state: TimelyState): ControlActions {
  return { ...peopleActions(state), ...teamActions(state), ...accountActions(state) };
}

function one<Item>(found: Item[], what: string, name: string): Item {
  const [first] = found;
  if (first === undefined) throw new ControlError(`There is no ${what} "${name}" in Timely.`);
  if (found.length > 1)
    throw new ControlError(`There are ${found.length} of the name "${name}"; use the id.`);
  return first;
}

function findUser(state: TimelyState, name: string): StoredUser {
  const known = state.byEmail(name) ?? state.user(Number(name));
  if (known && !known.deleted) return known;
  const sameName = state.present.filter((user) => user.name.toLowerCase() === name.toLowerCase());
  return one(sameName, 'user', name);
}

const findTeam = (state: TimelyState, name: string): StoredTeam =>
  one(
    state.teams.filter((team) => team.name.toLowerCase() === name.toLowerCase() || String(team.id) === name),
    'team',
    name,
  );

const findRole = (state: TimelyState, name: string): StoredRole =>
  one(
    state.roles.filter((role) => role.name === name),
    'role',
    name,
  );

const userResult = ({ id, name, email }: StoredUser, did: string): ControlResult => ({
  did: `${name} ${did}.`,
  id,
  email,
});
const teamResult = ({ id, name }: StoredTeam, did: string): ControlResult => ({
  did: `The team ${name} ${did}.`,
  id,
});

function peopleActions(state: TimelyState): ControlActions {
  const newcomer = z.strictObject({ name: text, email: z.email(), role: text.default('employee') });
  const person = z.strictObject({ person: text });
  return {
    invite: action(newcomer, ({ name, email, role }) =>
      userResult(state.invite(name, email, { role_id: findRole(state, role).id }), 'is invited by hand'),
    ),
    remove: action(person, ({ person }) => {
      const user = findUser(state, person);
      if (user.id === state.account.owner_id) throw new ControlError('The owner cannot be removed.');
      state.remove(user);
      return userResult(user, 'is removed by hand');
    }),
    changeRole: action(person.extend({ role: text }), ({ person, role }) => {
      const user = findUser(state, person);
      state.update(user, { role_id: findRole(state, role).id });
      return userResult(user, `has the role ${role} now`);
    }),
  };
}

function teamActions(state: TimelyState): ControlActions {
  const team = z.strictObject({ team: text });
  const member = team.extend({ person: text });
  const setMembers = (found: StoredTeam, members: MemberSetting[]) =>
    state.setMembers(found, members, { addToProjects: true, removeFromProjects: false });
  const without = (found: StoredTeam, user: StoredUser) =>
    found.users.filter(({ user_id }) => user_id !== user.id);
  return {
    createTeam: action(
      z.strictObject({ name: text, members: z.array(text).default([]) }),
      ({ name, members }) => {
        const ids = members.map((person) => ({ user_id: findUser(state, person).id }));
        return teamResult(state.createTeam(name, ids), 'is new');
      },
    ),
    addTeamMember: action(
      member.extend({ lead: z.boolean().default(false), hideHours: z.boolean().default(false) }),
      ({ team, person, lead, hideHours }) => {
        const found = findTeam(state, team);
        const user = findUser(state, person);
        setMembers(found, [...without(found, user), { user_id: user.id, lead, hide_hours: hideHours }]);
        return userResult(user, `is in the team ${found.name} now`);
      },
    ),
    removeTeamMember: action(member, ({ team, person }) => {
      const found = findTeam(state, team);
      const user = findUser(state, person);
      setMembers(found, without(found, user));
      return userResult(user, `is not in the team ${found.name} any more`);
    }),
    setLead: action(member.extend({ lead: z.boolean().default(true) }), ({ team, person, lead }) => {
      const found = findTeam(state, team);
      const user = findUser(state, person);
      setMembers(
        found,
        found.users.map((row) => (row.user_id === user.id ? { ...row, lead } : row)),
      );
      return userResult(user, `${lead ? 'leads' : 'does not lead'} the team ${found.name} now`);
    }),
    renameTeam: action(team.extend({ name: text }), ({ team, name }) => {
      const found = findTeam(state, team);
      found.name = name;
      setMembers(found, found.users);
      return teamResult(found, `has its name from ${team} now`);
    }),
    deleteTeam: action(team, ({ team }) => {
      const found = findTeam(state, team);
      state.deleteTeam(found);
      return teamResult(found, 'is deleted');
    }),
  };
}

function accountActions(state: TimelyState): ControlActions {
  const account = z.strictObject({
    seats: z.int().positive().optional(),
    status: z.enum(['active', 'trial', 'expired']).optional(),
    azureAd: z.boolean().optional(),
    features: z.array(text).optional(),
  });
  return {
    account: action(account, ({ azureAd, ...changes }) => {
      Object.assign(state.account, defined({ ...changes, azure_ad_enabled: azureAd }));
      return { did: `The account has ${state.account.seats} seats and is ${state.account.status}.` };
    }),
    behave: action(behaviourChange, (changes) => {
      Object.assign(state.behaviour, defined(changes));
      return { did: 'Timely behaves differently now.', behaviour: state.behaviour };
    }),
    revokeTokens: action(z.strictObject({}), () => {
      state.oauth.revokeAll();
      return { did: 'All tokens are revoked. A person has to connect again.' };
    }),
    expireAccessTokens: action(z.strictObject({}), () => {
      state.oauth.expireAccess();
      return { did: 'All access tokens are expired. A refresh gives a new one.' };
    }),
  };
}

const defined = (values: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
