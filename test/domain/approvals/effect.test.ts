/** What approving a change does, in words. */
import { expect, test } from '@jest/globals';
import { changeEffect, type EffectFacts, membersText } from '../../../domain/approvals/effect.ts';
import type { PersonChange, TeamChange } from '../../../domain/plan/change.ts';

const person = {
  type: 'person' as const,
  personId: 'id-ada',
  timelyId: 7,
  email: 'ada@contoso.example',
  name: 'Ada',
};
const subject = { type: 'team' as const, source: 'group:1', timelyId: 50, name: 'Design' };
const facts: EffectFacts = {
  origin: 'created',
  membersByHand: 0,
  byHand: [],
  manual: 'keep',
  addressOf: (id) => `${id}@contoso.example`,
};

const ofPerson = (kind: PersonChange['kind'], before: string | null, after: string | null) =>
  changeEffect(
    {
      kind,
      subject: person,
      before: before === null ? null : { role: before },
      after: after === null ? null : { role: after },
    },
    facts,
  );
const ofTeam = (
  kind: TeamChange['kind'],
  before: string[] | null,
  after: string[] | null,
  patch: Partial<EffectFacts> = {},
) => {
  const state = (personIds: string[] | null) => personIds && { name: 'Design', personIds };
  return changeEffect({ kind, subject, before: state(before), after: state(after) }, { ...facts, ...patch });
};

test.each([
  [
    'changeRole',
    'manager',
    'employee',
    /^Lowers the role from manager to employee: the person loses rights\.$/,
  ],
  [
    'changeRole',
    'employee',
    'manager',
    /^Raises the role from employee to manager: the person gets more rights\.$/,
  ],
  ['changeRole', 'Controller', 'employee', /may lose rights\.$/],
  ['changeRole', 'employee', 'admin', /^Raises .* An admin has all rights in the account\.$/],
  ['link', 'admin', 'admin', /^Ties the person to this existing user.* An admin has all rights/],
  ['invite', null, 'employee', /^Invites the person by e-mail as employee/],
  ['reinstate', null, 'manager', /^Takes the removed user back as manager/],
  ['remove', 'manager', null, /^Removes the user from Timely: the access ends/],
] as const)('says what %s from %s to %s does', (kind, before, after, says) => {
  expect(ofPerson(kind, before, after)).toEqual({
    before: before ?? 'not in Timely',
    after: after ?? 'not in Timely',
    says: expect.stringMatching(says),
    joins: [],
    leaves: [],
  });
});

test('says that the end of a team that the sync made deletes it, with its members and projects', () => {
  expect(ofTeam('retireTeam', ['bo', 'cy'], null)).toEqual({
    before: '2 members',
    after: 'no team',
    says: 'Deletes the team in Timely: 2 members lose it, and it is gone from its projects.',
    joins: [],
    leaves: ['bo@contoso.example', 'cy@contoso.example'],
  });
});

test('says that a team with members from other hands stays for them, and that "remove" deletes it', () => {
  const others = { membersByHand: 1, byHand: ['di@contoso.example'] };
  expect(ofTeam('retireTeam', ['bo'], null, others)).toEqual({
    before: '2 members',
    after: '1 member',
    says: 'Takes out 1 member whom the sync put there. The team stays in Timely for 1 member added by hand, and the sync no longer manages it.',
    joins: [],
    leaves: ['bo@contoso.example'],
  });
  expect(ofTeam('retireTeam', ['bo'], null, { ...others, manual: 'remove' })).toMatchObject({
    before: '2 members',
    after: 'no team',
    says: expect.stringMatching(/^Deletes the team in Timely: 2 members lose it/),
    leaves: ['bo@contoso.example', 'di@contoso.example'],
  });
});

test('counts members from other hands whom "remove" takes out of a team that is taken over', () => {
  const others = { origin: null, membersByHand: 2, byHand: ['cy@contoso.example', 'di@contoso.example'] };
  expect(ofTeam('setTeamMembers', [], ['bo'], { ...others, manual: 'remove' })).toMatchObject({
    before: '2 members',
    after: '1 member',
    says: expect.stringMatching(/1 person joins the team, 2 leave it\.$/),
    leaves: ['cy@contoso.example', 'di@contoso.example'],
  });
  expect(ofTeam('setTeamMembers', [], ['bo'], others).says).toMatch(/0 leave it\.$/);
});

test('says that the end of an adopted team only lets it go', () => {
  expect(ofTeam('retireTeam', ['bo'], null, { origin: 'adopted', membersByHand: 3 })).toMatchObject({
    after: '4 members',
    says: expect.stringMatching(/^Lets the team go: it stays in Timely/),
    leaves: [],
  });
});

test('counts all members who come and go, and names the first ten', () => {
  const many = Array.from({ length: 12 }, (_, index) => `p${index}`);
  const effect = ofTeam('setTeamMembers', ['bo', 'cy'], ['cy', ...many]);
  expect(effect).toMatchObject({
    before: '2 members',
    after: '13 members',
    says: '12 people join the team, 1 leaves it.',
    leaves: ['bo@contoso.example'],
  });
  expect(effect.joins).toHaveLength(10);
  expect(membersText(effect)).toMatch(/^ Joins: p0@contoso.example, .*, …\. Leaves: bo@contoso.example\.$/);
  expect(ofTeam('setTeamMembers', [], ['bo'], { origin: null }).says).toBe(
    'Takes over an existing team: the sync manages its members from then on. 1 person joins the team, 0 leave it.',
  );
});
