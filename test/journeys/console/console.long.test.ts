/** The whole way in a real browser: a message, its link, the sign-in, the decision, the person in Timely. */
import { expect, test } from '@jest/globals';
import { until } from '../../support/world.ts';
import { decider, inBrowser, signInAs, withDeciders } from './console-world.ts';
import { expectAccessible } from './page-checks.ts';

const editFile = withDeciders(decider);

inBrowser('the console in the browser', { editFile }, (started) => {
  test('the link of a message leads to a decision, and the decision into Timely', async () => {
    const { world, browse, linkFor } = started();
    const page = await browse();
    await page.goto(await linkFor(decider, /for approval/));
    await signInAs(page, decider);
    const title = page.getByRole('heading', { level: 1, name: /^Request / });
    await title.waitFor();
    await expectAccessible(page);
    const person = /[\w.]+@contoso\.example/.exec(
      (await page.getByRole('row').last().textContent()) ?? '',
    )?.[0];
    await page.getByRole('button', { name: 'Approve …' }).click();
    await page.getByRole('button', { name: 'Approve 1 change' }).click();
    await page.getByText('You approved 1 change').waitFor();
    await until(`${person} in Timely`, async () => (world.present().includes(person ?? '') ? true : null));
    expect(world.sandbox.timely.state.mailsTo(person ?? '')).toBe(1);
  });
});
