/** A company of any size for the sandbox, the same for the same numbers and seed. */
import { createHash } from 'node:crypto';
import type { PersonLink } from '../../domain/people/link.ts';
import { globalAdministrator } from '../../simulators/microsoft/directory/built-in-roles.ts';
import type { MicrosoftState } from '../../simulators/microsoft/directory/state.ts';
import type { TimelyState } from '../../simulators/timely/state.ts';

export interface CompanySize {
  people: number;
  groups: number;
  memberships: number;
  /** Members of the group `Timely Users`, spread over all people. */
  inScope: number;
  /** How many of those are in Timely already, under the same address. */
  inTimely: number;
  seed: string;
}

/** Groups that `tenants/contoso.yaml` names. */
const namedGroups = [
  'Timely Managers',
  'Timely Admins',
  'Executives',
  'Design Guild',
  'Timely - Apollo',
  'Timely - Gemini',
  'Not in Timely',
];
const departments = ['Design', 'Finance', 'Legal', 'Logistics', 'Marketing', 'Research', 'Sales', 'Support'];

/**
 * Fills a directory and its Timely account. One group has everybody; the other memberships are spread evenly. Answers the
 * links that a sync of this company would have, for whom is in Timely.
 */
export function fillCompany(microsoft: MicrosoftState, timely: TimelyState, size: CompanySize): PersonLink[] {
  const links: PersonLink[] = [];
  const { people, inScope } = size;
  const idOf = (name: string) => objectId(`${size.seed}/${name}`);
  const group = (displayName: string) => microsoft.createGroup({ id: idOf(displayName), displayName }).id;
  const users = group('Timely Users');
  const everybody = group('All Staff');
  for (const name of namedGroups) group(name);
  const plainGroups = Array.from({ length: size.groups - namedGroups.length - 2 }, (_, index) =>
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
      groups: [everybody, ...(isInScope ? [users] : [])],
    });
    const [from, to] = [share(spread, number, people), share(spread, number + 1, people)];
    for (let place = from; place < to; place += 1) {
      microsoft.addToGroup(id, plainGroups[place % plainGroups.length] ?? everybody);
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

/** Users of a real account were not all changed in one second: five minutes lie between one and the next. */
function spaceOut({ present }: TimelyState): void {
  for (const [index, user] of present.entries()) user.updated_at -= (present.length - index) * 300;
}

function objectId(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Timely takes no digits in names. */
export const inLetters = (number: number): string =>
  [...String(number)].map((digit) => 'abcdefghij'[Number(digit)]).join('');
