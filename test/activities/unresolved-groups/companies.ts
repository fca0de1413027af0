/** Companies of a few people, whose tenant file names groups that protect. Each test has one of its own. */
import { afterAll, beforeAll } from '@jest/globals';
import { createCheckActivities } from '../../../activities/check/check.ts';
import type { MicrosoftState } from '../../../simulators/microsoft/directory/state.ts';
import { configurationOf, newestConfiguration } from '../../../store/tenants.ts';
import { type DirectoryReader, type DirectoryWorld, openReader } from '../support/directory-world.ts';
import { contoso, cycle, smallCompany } from '../support/sandbox-cycle.ts';

/** Returns what runs a test with its own company. The reader is opened before the tests of the file, and closed after them. */
export function companiesOfFile() {
  let reader: DirectoryReader;
  beforeAll(async () => {
    reader = await openReader();
  });
  afterAll(() => reader.close());
  return async (
    run: (world: DirectoryWorld) => Promise<void>,
    fill?: (state: MicrosoftState) => void,
  ): Promise<void> => {
    const world = await smallCompany(reader, fill);
    try {
      await run(world);
    } finally {
      await world.close();
    }
  };
}

export const inScope = contoso('Ada', 'Bo', 'Eve');
export const hold = (change: string, emails: string[], rule: string) =>
  emails.map((email) => `${change} ${email} ${rule}`);
export const join = ({ state }: DirectoryWorld, displayName: string) =>
  state.join({ displayName, department: 'Design' });

/** Eve becomes an executive after her invitation, which would need an answer. */
export async function withExecutive(world: DirectoryWorld): Promise<void> {
  await cycle(world);
  world.state.addToGroup('Eve', 'Executives');
  await cycle(world);
}

/** The lines of `check` about the directory that are not ok. */
export async function problemsOf({ services, tenant }: DirectoryWorld): Promise<string[]> {
  const { database } = services;
  const { version } = (await newestConfiguration(database, tenant)) ?? { version: 0 };
  const file = await configurationOf(database, tenant, version);
  const { lines } = await createCheckActivities(services).check({ about: 'check', file });
  const ofDirectory = lines.filter(({ side, state }) => side === 'directory' && state !== 'ok');
  // The company is smaller than the one that the tenant file is about.
  const ofCompany = ['least privilege', 'departments', 'e-mail domains'];
  return ofDirectory
    .filter(
      ({ name, message }) => !ofCompany.includes(name) && !/has no person for|takes out all/.test(message),
    )
    .map(({ state, name, message }) => `${state} ${name}: ${message}`);
}
