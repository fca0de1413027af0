/** A company of any size for the sandbox. The same numbers and seed give the same company. */
import type { PersonLink } from '../../domain/people/link.ts';
import { objectIdOf } from '../../simulators/contoso.ts';
import { globalAdministrator } from '../../simulators/microsoft/directory/built-in-roles.ts';
import type { MicrosoftState } from '../../simulators/microsoft/directory/state.ts';
import type { TimelyState } from '../../simulators/timely/state.ts';
import { departments, inLetters, namedGroups } from '../support/company-names.ts';

export interface CompanySize {
  people: number;
  groups: number;
  memberships: number;
  /** Members of the group `Timely Users`, spread evenly over all people. */
  inScope: number;
  /** How many of those are already in Timely, under the same address. */
  inTimely: number;
  seed: string;
}

/**
 * Fills a directory and its Timely account. One group has all people; the other memberships are spread evenly. Returns
 * the links that a sync of this company would have for its people in Timely.
 */
export function fillCompany(microsoft: MicrosoftState, timely: TimelyState, size: CompanySize): PersonLink[] {
  const links: PersonLink[] = [];
  const { people, inScope } = size;
  const idOf = (name: string) => objectIdOf(`${size.seed}/${name}`);
  const group = (displayName: string) => microsoft.createGroup({ id: idOf(displayName), displayName }).id;
  const [inScopeGroup = '', ...otherNamedGroups] = namedGroups;
  const users = group(inScopeGroup);
  const allStaff = group('All Staff');
  for (const name of otherNamedGroups) group(name);
  const plainGroups = Array.from({ length: size.groups - otherNamedGroups.length - 2 }, (_, index) =>
    group(`Group ${index + 1}`),
  );
  const spread = size.memberships - people - inScope;
  for (let number = 0; number < people; number += 1) {
    const isInScope =
      Math.floor((number * inScope) / people) !== Math.floor(((number + 1) * inScope) / people);
    const name = `Person ${inLetters(number)}`;
    const { id } = microsoft.join({
      id: idOf(name),
      displayName: name,
      department: departments[number % departments.length],
      properties: { jobTitle: 'Specialist', companyName: 'Contoso', employeeType: 'Employee' },
      groups: [allStaff, ...(isInScope ? [users] : [])],
    });
    const [from, to] = [share(spread, number, people), share(spread, number + 1, people)];
    for (let place = from; place < to; place += 1) {
      microsoft.addToGroup(id, plainGroups[place % plainGroups.length] ?? allStaff);
    }
    if (!isInScope || timely.present.length > size.inTimely) continue;
    const email = microsoft.user(id).properties.mail as string;
    const { id: timelyId } = timely.addActive(name, email, 'employee');
    links.push({ personId: id, timelyId, state: 'present', email, role: 'employee', outOfScopeSince: null });
  }
  microsoft.grantRole(idOf('Person a'), globalAdministrator);
  spaceOut(timely);
  return links;
}

const share = (whole: number, number: number, parts: number) => Math.floor((whole * number) / parts);

/** Sets five minutes between updates, since users of a real account do not all change in one second. */
function spaceOut({ present }: TimelyState): void {
  for (const [index, user] of present.entries()) user.updated_at -= (present.length - index) * 300;
}
