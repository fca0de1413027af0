/** Departments and e-mail domains of the tenant file that no person has: often a name that was changed, or mistyped. */

import { meantText } from '../../config/schema-parts.ts';
import type { TenantFile } from '../../config/tenant-file.ts';
import { type CheckResult, checkWarning } from '../../domain/contract/check.ts';
import { domainKey } from '../../domain/people/address.ts';
import type { Person } from '../../domain/people/directory.ts';
import { addressKeysOf, domainOf } from '../../domain/people/person.ts';
import { foldText } from '../../domain/text.ts';

export function unknownNameLines(file: TenantFile, people: readonly Person[]): CheckResult[] {
  const departments = people.flatMap(({ attributes }) => attributes.department?.trim() || []);
  const domains = people.flatMap((person) => addressKeysOf(person).map(domainOf));
  return [
    ...unknownAmong(departmentsIn(file), departments, foldText).map(({ name, nearest }) =>
      line('departments', `No person of the directory is in the department "${name}"${nearest}`),
    ),
    ...unknownAmong(domainsIn(file), domains, domainKey).map(({ name, nearest }) =>
      line('e-mail domains', `No person of the directory has an address at ${name}${nearest}`),
    ),
  ];
}

function departmentsIn({ scope, teams }: TenantFile): string[] {
  const inScope = [...scope.include, ...scope.exclude].flatMap(({ department = [] }) => department);
  return [
    ...inScope,
    ...teams.flatMap(({ fromDepartment = '*' }) => (fromDepartment === '*' ? [] : fromDepartment)),
  ];
}

function domainsIn({ scope, teams }: TenantFile): string[] {
  const inScope = [...scope.include, ...scope.exclude].flatMap(({ emailDomain = [] }) => emailDomain);
  return [...inScope, ...teams.flatMap(({ fromEmailDomain = [] }) => fromEmailDomain)];
}

/** Each name once. */
function unknownAmong(names: readonly string[], known: readonly string[], keyOf: (name: string) => string) {
  const keys = new Set(known.map(keyOf));
  const unknown = new Map(names.map((name) => [keyOf(name), name]));
  return [...unknown].flatMap(([key, name]) =>
    keys.has(key) ? [] : [{ name, nearest: meantText(name, known) }],
  );
}

const line = (name: string, message: string) =>
  checkWarning(name, message, 'Correct the tenant file, unless the name is to come.');
