/** A second sync of the same account shows itself, even one that reads the same directory. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { checkOtherWriters } from '../../../activities/check/check-other-writers.ts';
import { storeConfiguration } from '../../../store/tenants.ts';
import { person, worldWith } from '../../domain/support/world.ts';
import { openTestStore } from '../../support/database.ts';
import { arrangeTenant } from '../support/tenant-in-process.ts';

let ours: Awaited<ReturnType<typeof openTestStore>>;
let theirs: Awaited<ReturnType<typeof openTestStore>>;

beforeAll(async () => {
  [ours, theirs] = await Promise.all([openTestStore(), openTestStore()]);
});
afterAll(() => Promise.all([ours.close(), theirs.close()]));

test('warns about teams with the marker of another installation, not about its own', async () => {
  const tenant = await arrangeTenant(
    ours.database,
    worldWith({
      rules: { teams: [{ kind: 'department', department: '*' }] },
      directory: { people: [person('Ada', { attributes: { department: 'Law' } })] },
    }),
  );
  await tenant.cycle();
  expect(tenant.state.teams.map(({ external_id }) => external_id)).toEqual([
    expect.stringMatching(/^timely-directory-sync\/[0-9a-f-]{36}\/department:law$/),
  ]);
  const { services, file } = tenant;
  const lines = () => checkOtherWriters(services, file, tenant.timely);
  expect(await lines()).toMatchObject([{ state: 'ok' }]);
  await storeConfiguration(theirs.database, file.tenant, file);
  const seenByThem = await checkOtherWriters({ ...services, database: theirs.database }, file, tenant.timely);
  expect(seenByThem).toContainEqual(
    expect.objectContaining({
      state: 'warning',
      message: expect.stringContaining('1 team has the marker'),
    }),
  );
});
