/**
 * Contoso in the simulated Okta. The same people come into Timely as from Microsoft. Okta has no nested groups and no
 * guests: members of inner groups are members of the outer ones, and the consultancy's people are users like others.
 */
import {
  companyGroups,
  companyGuests,
  companyMembers,
  deletedPerson,
  disabledPerson,
  purgedPerson,
  setManagers,
} from './company-people.ts';
import { oktaId, type UserStatus } from './okta/directory/objects.ts';
import type { NewOktaUser, OktaState } from './okta/directory/state.ts';

/** People in other statuses than ACTIVE who are live as well. */
const statuses: Record<string, UserStatus> = {
  'Sven Eriksson': 'LOCKED_OUT',
  'Tara Singh': 'PASSWORD_EXPIRED',
  'Umar Farouk': 'RECOVERY',
  'Vera Kowalska': 'PROVISIONED',
};

/** Groups that Microsoft nests: who is in the inner one is in the outer ones. */
const outerGroups: Record<string, string[]> = {
  'Finance Leads': ['Timely Users'],
  'Finance Interns': ['Finance Leads', 'Timely Users'],
};

/** Fills an empty org. */
export function fillContosoOkta(okta: OktaState): void {
  okta.createGroup({
    id: oktaId('00g', 'Everyone'),
    displayName: 'Everyone',
    description: 'All users in your organization',
    type: 'BUILT_IN',
  });
  for (const displayName of [...companyGroups, 'Helpdesk Operators']) createGroup(okta, displayName);
  for (const [index, person] of companyMembers.entries())
    join(okta, { ...person, properties: { ...person.properties, employeeNumber: String(1000 + index) } });
  for (const { displayName, email, state, ...guest } of companyGuests) {
    const status = state === 'Accepted' ? 'ACTIVE' : 'STAGED';
    const properties = { companyName: 'Northwind' };
    const groups = 'groups' in guest ? [...guest.groups] : [];
    const mail = 'mail' in guest ? guest.mail : email;
    join(okta, { displayName, userPrincipalName: email, mail, status, groups, properties });
  }
  okta.setEnabled(join(okta, disabledPerson).id, false);
  okta.leave(join(okta, deletedPerson).id);
  okta.purge(join(okta, purgedPerson).id);
  setManagers(okta);
  okta.change('Hana Sato', { favouriteColour: '<b>blue</b>' });
  okta.grantRole(okta.user('Henrik Lund').id, 'SUPER_ADMIN');
  okta.grantRole(okta.group('Executives').id, 'REPORT_ADMIN');
  okta.assignToApp(okta.group('Timely Users').id);
}

/** Groups of Finance come from the domain controller. */
function createGroup(okta: OktaState, displayName: string): void {
  const isImported = displayName.startsWith('Finance');
  okta.createGroup({
    id: oktaId('00g', displayName),
    displayName,
    description: `Contoso: ${displayName}`,
    ...(isImported
      ? { type: 'APP_GROUP', profile: { samAccountName: displayName, groupType: 'Security' } }
      : {}),
  });
}

function join(okta: OktaState, person: NewOktaUser) {
  const { displayName, groups = [], status = statuses[displayName] } = person;
  const all = new Set(groups.flatMap((group) => [group, ...(outerGroups[group] ?? [])]));
  return okta.join({ id: oktaId('00u', displayName), ...person, status, groups: [...all] });
}
