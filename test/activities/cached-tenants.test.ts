/** Opened tenants are used again for a while, and do not keep more than a worker can afford. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { expect, test } from '@jest/globals';
import { cachedTenants } from '../../activities/cached-tenants.ts';
import type { Tenant } from '../../activities/services.ts';

/** Counts how often each tenant was opened. */
function openings(fails: (name: string) => boolean = () => false) {
  const opened: string[] = [];
  const tenants = cachedTenants(async (name, version) => {
    opened.push(`${name} ${version}`);
    if (fails(name)) throw new Error('A secret is missing.');
    return { name } as Tenant;
  });
  return { opened, ...tenants };
}

test('a tenant is opened once for each version of its file', async () => {
  const { tenant, known, opened } = openings();
  const [one, again] = [await tenant('contoso', 1), await tenant('contoso', 1)];
  expect(one).toBe(again);
  expect(await known('contoso', 1)).toBe(one);
  expect(known('contoso', 2)).toBeNull();
  await tenant('contoso', 2);
  expect(known('contoso', 1)).toBeNull();
  expect(opened).toEqual(['contoso 1', 'contoso 2']);
});

test('one that could not be opened is opened again', async () => {
  let isMissing = true;
  const { tenant, opened } = openings(() => isMissing);
  await expect(tenant('contoso', 1)).rejects.toThrow('A secret is missing.');
  isMissing = false;
  await expect(tenant('contoso', 1)).resolves.toMatchObject({ name: 'contoso' });
  expect(opened).toHaveLength(2);
});

test('of a thousand tenants it keeps the 300 that were opened last', async () => {
  const { tenant, known } = openings();
  const names = Array.from({ length: 1_000 }, (_, number) => `tenant-${number}`);
  for (const name of names) await tenant(name, 1);
  expect(names.filter((name) => known(name, 1) !== null)).toEqual(names.slice(-300));
});

test('a tenant that is opened again takes no place from another one', async () => {
  const { tenant, known } = openings();
  const names = Array.from({ length: 300 }, (_, number) => `tenant-${number}`);
  for (const name of names) await tenant(name, 1);
  await tenant('tenant-299', 2);
  expect(names.filter((name) => known(name, 1) !== null)).toEqual(names.slice(0, -1));
});

test('a tenant does not belong to the activity that opened it', async () => {
  const activity = new AsyncLocalStorage<string>();
  const seen: (string | undefined)[] = [];
  const { tenant } = cachedTenants(async (name) => {
    seen.push(activity.getStore());
    return { name } as Tenant;
  });
  await activity.run('the first activity', () => tenant('contoso', 1));
  expect(seen).toEqual([undefined]);
});
