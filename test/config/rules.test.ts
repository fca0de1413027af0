import { expect, test } from '@jest/globals';
import { syncRules } from '../../config/rules.ts';
import type { SyncRules } from '../../domain/rules.ts';
import { exampleWith } from './example.ts';

test('the example has the rules that it describes', () => {
  const expected: SyncRules = {
    names: { refused: '', instead: new Map() },
    scope: {
      include: [
        { group: 'Timely Users' },
        { department: ['Design', 'Engineering'] },
        {
          emailDomain: ['northwind-consulting.example'],
          guests: true,
          until: '2027-03-31',
          role: 'employee',
        },
      ],
      exclude: [
        { group: 'Not in Timely' },
        { email: ['payroll-robot@contoso.example'] },
        { where: { jobTitle: ['Meeting room'] } },
      ],
      guests: 'exclude',
      guestDomains: [],
    },
    roles: {
      default: 'employee',
      adopted: 'keep',
      rules: [
        { group: 'Timely Managers', role: 'manager' },
        { group: 'Timely Admins', role: 'admin' },
      ],
    },
    teams: [
      { kind: 'group', group: 'Design Guild' },
      { kind: 'groupsNamed', pattern: 'Timely - *', name: '$1' },
      { kind: 'department', department: '*' },
      { kind: 'emailDomain', emailDomain: 'northwind-consulting.example', name: 'Northwind Consulting' },
    ],
    teamMembers: { manual: 'keep', leads: 'keep', projects: { grantOnJoin: false, revokeOnLeave: true } },
    leavers: { action: 'remove', graceDays: 0, removedInTimely: 'ask' },
    safety: {
      removals: { max: 10, percent: 10, windowDays: 7 },
      invitations: { max: 100 },
      roleChanges: { max: 20, percent: 10, windowDays: 7 },
      teamShrink: { percent: 50, min: 5 },
      readShrink: { percent: 20 },
      firstCycle: { removals: 'hold' },
      protect: ['owner@contoso.example'],
      sensitive: { directoryRoles: true, timelyRoles: ['admin'], groups: ['Executives'], emails: [] },
    },
  };
  expect(syncRules(exampleWith())).toEqual(expected);
});

test('a rule may combine conditions', () => {
  const file = exampleWith({ '{ group: Timely Users }': '{group: Timely Users, department: Design}' });
  expect(syncRules(file).scope.include[0]).toEqual({ group: 'Timely Users', department: ['Design'] });
});
