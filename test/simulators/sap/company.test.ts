import { expect, test } from '@jest/globals';
import { urns } from '../../../simulators/sap/directory/schemas.ts';
import { held, invited, linked, outOfScope, reinstated, withoutAddress } from '../expected-first-cycle.ts';
import { readAllOf, type SapWorld, withSap } from './sap-world.ts';

// biome-ignore lint/suspicious/noExplicitAny: SCIM resources
type Resource = any;
const partners = 'northwind-consulting.example';

/** Whom the rules of `tenants/contoso-sap.yaml` bring in, worked out by hand from what SAP answers. */
async function inScope(world: SapWorld): Promise<Resource[]> {
  const users = (await readAllOf(world, '/Users')).resources;
  const groups = (await readAllOf(world, '/Groups')).resources;
  const membersOf = (name: string): string[] =>
    groups
      .find(({ displayName }) => displayName === name)
      .members.flatMap(({ value, type }: Resource) =>
        type === 'Group' ? membersOf(groups.find(({ id }) => id === value).displayName) : [value],
      );
  const [timelyUsers, notInTimely] = [membersOf('Timely Users'), membersOf('Not in Timely')];
  return users.filter((user) => {
    const kind = user.userType.toLowerCase();
    const { department } = user[urns.enterpriseUser] ?? {};
    const isMember = ['employee', 'onboardee'].includes(kind);
    const isPartner = kind === 'partner' && addressOf(user).endsWith(partners);
    const isIncluded = ['Design', 'Engineering'].includes(department) || timelyUsers.includes(user.id);
    const isExcluded =
      notInTimely.includes(user.id) || user.title === 'Meeting room' || addressOf(user).startsWith('payroll');
    return user.active && !isExcluded && (isPartner || (isMember && isIncluded));
  });
}

const addressOf = ({ emails = [] }: Resource): string =>
  (emails.find((email: Resource) => email.primary) ?? emails[0])?.value ?? '';

test('the rules bring in the same people as from Microsoft Graph', () =>
  withSap({}, async (world) => {
    const found = (await inScope(world)).map((user) => addressOf(user) || user.name.givenName);
    const heldHere = held.map(({ email, name }) =>
      name === 'Malik Stone' ? `malik.stone@${partners}` : email,
    );
    const expected = [...invited, ...reinstated, ...linked, ...heldHere, 'Build'];
    expect(withoutAddress).toEqual(['Build Kiosk']);
    // Only the domain of one address differs: it is in upper case in the directory, and the sync writes it small.
    const small = (list: string[]) => list.map((address) => address.toLowerCase()).sort();
    expect(small(found)).toEqual(small(expected));
    expect(found.length - held.length - withoutAddress.length).toBe(50);
  }));

test('people who are out of scope are there, inactive, blocked or gone', () =>
  withSap({}, async (world) => {
    const { state } = world.sap;
    for (const name of ['Tobias Kern', 'Xaver Huber']) expect(state.user(name).status).not.toBe('active');
    expect(state.user('Ulrike Sommer', true).blocked).toBe(true);
    expect(() => state.user('Viktor Reuter')).toThrow('There is no user "Viktor Reuter"');
    const present = Object.keys(outOfScope).filter((name) => !/Ulrike|Viktor/.test(name));
    for (const name of present) expect(state.user(name).kind).toBe('user');
  }));

test('who is held by a role in Microsoft Graph is held by a group, or by an address that nobody verified', () =>
  withSap({}, async (world) => {
    const { state } = world.sap;
    expect(state.group('Directory Administrators').members).toEqual([state.user('Henrik Lund').id]);
    expect(state.group('Executives').members).toEqual([state.user('Eleanor Vance').id]);
    expect(state.user('Malik Stone').emails[0]).toMatchObject({ primary: true, verified: false });
  }));
