/** Who a person's manager is, where the directory names them by a text (docs/reference/okta.md section 6). */

import { lazy } from '../lazy.ts';
import { foldText } from '../text.ts';
import type { Person } from './directory.ts';

/**
 * Returns a function that gives the object id of a person's manager: the person with that object id, else the only one with
 * that sign-in name or employee number. Null for nobody, and where it may be several.
 */
export function managerFinder(
  people: readonly Person[],
  personOf: (id: string) => Person | undefined,
): (personId: string) => string | null {
  const byName = lazy(() => idsByName(people));
  return (personId) => {
    const named = personOf(personId)?.managerId ?? null;
    if (named === null) return null;
    if (personOf(named)) return named;
    const ids = byName().get(foldText(named));
    const [id] = ids ?? [];
    return ids?.size === 1 && id !== undefined ? id : null;
  };
}

/** Object ids by folded sign-in name and employee number. */
function idsByName(people: readonly Person[]): Map<string, Set<string>> {
  const ids = new Map<string, Set<string>>();
  for (const { id, userPrincipalName, attributes } of people) {
    for (const name of [userPrincipalName, attributes.employeeNumber ?? '']) {
      if (name.trim() === '') continue;
      const key = foldText(name);
      ids.set(key, (ids.get(key) ?? new Set()).add(id));
    }
  }
  return ids;
}
