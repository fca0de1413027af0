/** The journey of people who sign in to the console at another directory than Entra ID. */
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { until } from '../../support/world.ts';
import { decider, inBrowser, personIn, signInAs, stranger, viewer, withDeciders } from './console-world.ts';
import { expectAccessible } from './page-checks.ts';

const tenants = join(import.meta.dirname, '..', '..', '..', 'tenants');

/** `file`: of the sandbox's tenant with that directory. `signIn`: the application that people sign in to, as YAML. */
export function signInJourney(directory: string, file: string, signIn: string): void {
  const editFile = (text: string) =>
    withDeciders(decider)(text).replace(/^console:\n/m, `console:\n  signIn: ${signIn}\n`);
  const options = { editFile, tenantFile: join(tenants, file) };
  inBrowser(`signing in at ${directory}`, options, (started) => {
    test('a manager decides, signs out, and a colleague looks on', async () => {
      const { world, browse, linkFor } = started();
      const page = await browse();
      await page.goto(await linkFor(decider, /for approval/));
      expect(await page.getByRole('main').textContent()).toContain(`${directory}, simulated`);
      await signInAs(page, decider);
      const heading = (name: string | RegExp) => page.getByRole('heading', { level: 1, name }).waitFor();
      await heading(/^Request /);
      expect(await personIn(page)).toContain(decider);
      await expectAccessible(page);
      const row = (await page.getByRole('row').last().textContent()) ?? '';
      const person = /[\w.]+@contoso\.example/.exec(row)?.[0] ?? '';
      await page.getByRole('button', { name: 'Approve …' }).click();
      await page.getByRole('button', { name: 'Approve 1 change' }).click();
      await page.getByText('You approved 1 change').waitFor();
      await until(`${person} in Timely`, async () => world.present().includes(person) || null);
      await page.getByRole('button', { name: 'Sign out' }).click();
      await heading('Signed out');
      await page.getByRole('link', { name: 'Sign in again' }).click();
      await signInAs(page, viewer);
      await heading(world.tenant);
      expect(await personIn(page)).toContain(viewer);
    });

    test('a person who is listed nowhere gets no further', async () => {
      const { browse, linkFor } = started();
      const page = await browse();
      await page.goto(await linkFor(decider, /for approval/));
      await signInAs(page, stranger);
      await page.getByRole('heading', { level: 1, name: 'Not for you' }).waitFor();
    });
  });
}
