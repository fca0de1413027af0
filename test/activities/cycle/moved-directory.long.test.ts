/** A tenant file that names another directory: people keep their Timely users (docs/reference/rules.md section 3.3). */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Contoso, openContoso } from '../support/contoso.ts';
import { noLimitInReach } from '../support/faulty-directory.ts';

const oktaFile = join(import.meta.dirname, '..', '..', '..', 'tenants', 'contoso-okta.yaml');
/** One was deleted; a guest of Microsoft's with a private account is none of Okta's. */
const behind = ['grace.hall@contoso.example', 'malik.stone@private-mail.example'];

let company: Contoso;
/** With removals of a first cycle held. */
const edit = (text: string) =>
  noLimitInReach(text).replace('firstCycle: { removals: allow }', 'firstCycle: { removals: hold }');

beforeAll(async () => {
  company = await openContoso(edit);
  await company.approveHeld(await company.cycle());
  await company.cycle({ full: true });
}, 240_000);
afterAll(() => company.close());

test('moves links and external ids to Okta, mails nobody, and asks about who stayed behind', async () => {
  const { world, timely, standing, cycle, approveHeld } = company;
  const { okta } = world.sandbox;
  okta.state.behaviour.limitFactor = 1_000;
  okta.state.purge('grace.hall@contoso.example');
  const before = standing();
  const mails = timely.state.mails.length;
  const source = /^source:\n(?: .*\n)+/m.exec(await readFile(oktaFile, 'utf8'))?.[0] ?? '';
  await world.configure((text) =>
    edit(
      text
        .replace(/^source:\n(?: .*\n)+/m, source)
        .replace('requestsPerSecond: 50', 'requestsPerSecond: 1000')
        .replace('jobTitle: Meeting', 'title: Meeting'),
    ),
  );
  const moved = await cycle();
  expect(moved.evidence).toMatchObject({ kind: 'full', complete: true });
  const held = moved.held.map((line) => line.toLowerCase());
  expect(held.filter((line) => line.startsWith('remove'))).toEqual(
    behind.map((email) => `remove ${email} first-cycle`),
  );
  expect(moved.writes.filter((line) => line.startsWith('users.invite'))).toEqual([]);
  expect(standing().present).toEqual(before.present);
  await approveHeld(moved);
  const settled = await cycle({ full: true });
  expect(settled.failed).toEqual([]);
  expect(timely.state.mails.length).toBe(mails);
  expect(standing().present).toEqual(before.present.filter((email) => !behind.includes(email)));
  for (const [name, members] of Object.entries(before.teams)) {
    const kept = members.filter((email) => !behind.includes(email));
    expect([name, standing().teams[name]]).toEqual([name, expect.arrayContaining(kept)]);
  }
  const idOf = new Map(
    okta.state.users
      .values()
      .map(({ id, profile }) => [String(profile.email ?? profile.login).toLowerCase(), id]),
  );
  const known = timely.state.present.filter(({ external_id }) => external_id !== null);
  expect(known.length).toBeGreaterThan(40);
  for (const { email, external_id } of known)
    expect([email, external_id]).toEqual([email, idOf.get(email.toLowerCase())]);
}, 240_000);
