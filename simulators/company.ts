/**
 * The sandbox company Contoso: a directory with the hard cases, and its Timely account. With `tenants/contoso.yaml`, the
 * first cycle brings 50 people into Timely: 48 invited, one reinstated, one linked. It holds six more.
 * test/simulators/expected-first-cycle.ts lists the outcome of each person.
 */
import { fillContosoOkta } from './company-okta.ts';
import {
  companyGroups,
  companyGuests,
  companyMembers,
  deletedPerson,
  disabledPerson,
  purgedPerson,
  setManagers,
} from './company-people.ts';
import { fillContosoSap } from './company-sap.ts';
import { contoso, objectIdOf } from './contoso.ts';
import type { NewPerson } from './directory.ts';
import { directoryReaders, globalAdministrator } from './microsoft/directory/built-in-roles.ts';
import type { MicrosoftState } from './microsoft/directory/state.ts';
import type { OktaState } from './okta/directory/state.ts';
import type { SapState } from './sap/directory/state.ts';
import type { TimelyState } from './timely/state.ts';

/** Fills empty directories with the same people, and an account that has only its owner. */
export function fillContoso(
  microsoft: MicrosoftState,
  timely: TimelyState,
  okta: OktaState,
  sap: SapState,
): void {
  fillDirectory(microsoft);
  fillContosoOkta(okta);
  fillContosoSap(sap);
  fillAccount(timely);
}

function fillDirectory(directory: MicrosoftState): void {
  for (const displayName of companyGroups) {
    directory.createGroup({
      id: objectIdOf(displayName),
      displayName,
      description: `Contoso: ${displayName}`,
    });
  }
  directory.createGroup({
    id: objectIdOf('Helpdesk Operators'),
    displayName: 'Helpdesk Operators',
    properties: { isAssignableToRole: true },
  });
  directory.nest('Finance Leads', 'Timely Users');
  directory.nest('Finance Interns', 'Finance Leads');
  const join = (person: NewPerson) => directory.join({ id: objectIdOf(person.displayName), ...person });
  for (const person of companyMembers) join(person);
  for (const guest of companyGuests) {
    const properties = { companyName: 'Northwind' };
    directory.guest({ ...guest, groups: 'groups' in guest ? [...guest.groups] : [], properties });
  }
  directory.change(join(disabledPerson).id, { accountEnabled: false });
  directory.leave(join(deletedPerson).id);
  directory.purge(join(purgedPerson).id);
  setManagers(directory);
  directory.grantRole(directory.user('Henrik Lund').id, globalAdministrator);
  directory.grantRole(directory.group('Helpdesk Operators').id, directoryReaders);
  directory.assignToApp(directory.group('Timely Users').id);
}

function fillAccount(timely: TimelyState): void {
  timely.account.name = contoso.tenantName;
  timely.account.seats = 80;
  timely.addActive('Priya Natarajan', 'priya.natarajan@contoso.example', 'admin');
  const lena = timely.addActive('Lena Fischer', 'lena.fischer@contoso.example', 'employee');
  const frida = timely.addActive('Frida Lang', 'frida@studio-lang.example', 'employee');
  const tom = timely.addActive('Tom Baker', 'tom@baker-illustration.example', 'employee');
  timely.remove(timely.addActive('Jonas Weber', 'jonas.weber@contoso.example', 'employee'));
  timely.createTeam('Design Guild', [
    { user_id: lena.id, lead: true },
    { user_id: frida.id, hide_hours: true },
    { user_id: tom.id },
  ]);
}
