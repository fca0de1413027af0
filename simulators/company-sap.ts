/**
 * Contoso in SAP: the same people as in Microsoft Graph, with what is hard in SAP. With `tenants/contoso-sap.yaml` the first
 * cycle brings the same 50 people into Timely.
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
import { objectIdOf } from './contoso.ts';
import type { NewPerson } from './directory.ts';
import type { SapState } from './sap/directory/state.ts';

/** SAP shows no roles, so those who have one are in a group. */
const administrators = 'Directory Administrators';

/** Fills an empty directory. */
export function fillContosoSap(directory: SapState): void {
  for (const displayName of [...companyGroups, 'Helpdesk Operators', administrators]) {
    const description = `Contoso: ${displayName}`;
    directory.createGroup({ id: objectIdOf(displayName), displayName, description });
  }
  directory.nest('Finance Leads', 'Timely Users');
  directory.nest('Finance Interns', 'Finance Leads');
  for (const person of companyMembers) joinAs(directory, person);
  addPartners(directory);
  addFormerPeople(directory);
  addHardCases(directory);
  addOtherKinds(directory);
  setManagers(directory);
  directory.addToGroup('Henrik Lund', administrators);
}

const joinAs = (directory: SapState, person: NewPerson) =>
  directory.join({ id: objectIdOf(person.displayName), ...person });

/** Guests in Microsoft Graph are partners here. One has not activated the account, one has an address that nobody verified. */
function addPartners(directory: SapState): void {
  for (const guest of companyGuests) {
    const { displayName, email, state } = guest;
    const isUnverified = 'mail' in guest;
    directory.join({
      id: objectIdOf(displayName),
      displayName,
      userPrincipalName: email,
      groups: 'groups' in guest ? [...guest.groups] : [],
      properties: {
        userType: 'partner',
        organization: 'Northwind',
        status: state === 'Accepted' ? 'active' : 'new',
        emails: [
          { value: email, primary: true, verified: !isUnverified },
          ...(isUnverified ? [{ value: guest.mail, type: 'home', primary: false, verified: false }] : []),
        ],
      },
    });
  }
}

function addFormerPeople(directory: SapState): void {
  directory.setEnabled(joinAs(directory, disabledPerson).id, false);
  directory.leave(joinAs(directory, deletedPerson).id);
  directory.purge(joinAs(directory, purgedPerson).id);
}

/** Names, e-mails and dates as SAP has them (docs/reference/sap.md sections 2 and 6). */
function addHardCases(directory: SapState): void {
  // Without a display name SAP says "None".
  for (const name of ['Bernd Vogel', 'Rosa Jimenez']) directory.change(name, { displayName: null });
  // One address, and nothing says that it is the primary one.
  directory.change('Noah Becker', { emails: [{ value: 'noah.becker@contoso.example' }] });
  directory.change('Carla Mendes', {
    emails: [
      { value: 'carla@mendes-home.example', type: 'home', primary: false, verified: false },
      { value: 'carla.mendes@contoso.example', type: 'work', primary: true },
    ],
    validFrom: '2024-01-01',
    validTo: '9999-12-31',
  });
  directory.change('Amelie Roth', {
    userType: 'Employee',
    costCenter: '4130',
    customAttribute1: 'Timely',
    'urn:contoso:hr:1.0:User:floor': 3,
  });
  directory.change('Filippa Berg', { userType: 'onboardee' });
}

/** People and groups that a tenant has as well, and that are never in Timely: no employees, no user group. */
function addOtherKinds(directory: SapState): void {
  const kinds = { customer: 'Cora Customer', public: 'Pat Public', alumni: 'Al Umni', agent: 'Agent Orange' };
  for (const [userType, displayName] of Object.entries(kinds))
    directory.join({
      id: objectIdOf(displayName),
      displayName,
      department: 'Design',
      properties: { userType },
    });
  const policies = 'Read all - Policy';
  directory.createGroup({ id: objectIdOf(policies), displayName: policies, kind: 'authorization' });
  for (const name of ['Oscar Nyberg', 'Pat Public']) directory.addToGroup(name, policies);
}
