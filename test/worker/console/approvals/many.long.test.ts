/** Very large requests, and very many people at once. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { approvalsPage } from '../../../../store/approvals/approvals.ts';
import { decisionsOf } from '../../../../store/approvals/decisions.ts';
import { countUndecided } from '../../../../store/approvals/request-page.ts';
import { formValueOf } from '../../../../worker/console/approvals/answer-form.ts';
import { heldChange, type Requests, startRequests } from '../../../support/requests.ts';
import { type ApproversConsole, formIn, openApprovers, textIn, unticked } from './approvers.ts';

let requests: Requests;
let opened: ApproversConsole;

beforeAll(async () => {
  requests = await startRequests();
  opened = openApprovers(requests);
});
afterAll(() => requests.close());

const people = (count: number, prefix: string) =>
  Array.from({ length: count }, (_, index) => `${prefix}${String(index).padStart(5, '0')}`);

test('a request of 40,000 changes is shown in pages, searched, and decided in one message', async () => {
  const lea = 'lea@contoso.example';
  const tenant = await requests.tenant({ who: [lea], proof: 'required' });
  await tenant.plan(people(40_000, 'p').map((name) => heldChange('too-many-removals', name)));
  const browser = await opened.signIn(tenant, lea);
  const page = opened.pageOf(tenant);
  const first = await browser.get(page);
  expect(textIn(first)).toContain('40,000 changes');
  expect(textIn(first)).toContain('Changes 1 to 100 of 40,000');
  const found = await browser.post(page, formIn(first, { search: 'p39999', go: 'search' }));
  const form = unticked(formIn(found), formValueOf('remove:p39999@contoso.example'));
  const review = await browser.post(page, [...form, ['go', 'approve']]);
  expect(textIn(review)).toContain('Approve 39,999 changes of');
  const sent = await browser.post(page, formIn(review, { go: 'send' }));
  expect(sent.status).toBe(303);
  expect(await decisionsOf(tenant.database, tenant.name, 1)).toMatchObject([
    { changes: 39_999, proved: true },
  ]);
  expect(await countUndecided(tenant.database, { tenant: tenant.name, number: 1 })).toBe(1);
}, 120_000);

test('200 people decide on 200 requests at once: none is lost, none counts twice', async () => {
  const names = people(200, 'q');
  const who = names.map((name) => `decides-${name}@contoso.example`);
  const tenant = await requests.tenant({ who, proof: 'required' });
  // Up to twenty of a cycle have a request each.
  for (let count = 20; count <= names.length; count += 20)
    await tenant.plan(names.slice(0, count).map((name) => heldChange('sensitive', name)));
  const open = await approvalsPage(tenant.database, {
    tenant: tenant.name,
    open: true,
    after: 0,
    limit: 500,
  });
  expect(open.items).toHaveLength(200);
  const answers = await Promise.all(
    who.map(async (address, index) => {
      const browser = await opened.signIn(tenant, address);
      const page = opened.pageOf(tenant, index + 1);
      const decision = index % 2 === 0 ? 'approve' : 'reject';
      const review = await browser.post(page, formIn(await browser.get(page), { go: decision }));
      // A person presses the button twice.
      const sent = await Promise.all([1, 2].map(() => browser.post(page, formIn(review, { go: 'send' }))));
      return sent.map(({ status }) => status).sort();
    }),
  );
  expect(new Set(answers.map(String))).toEqual(new Set(['303,409']));
  for (const [index, by] of who.entries()) {
    const decision = index % 2 === 0 ? 'approve' : 'reject';
    expect(await decisionsOf(tenant.database, tenant.name, index + 1)).toMatchObject([
      { by, decision, changes: 1 },
    ]);
  }
}, 180_000);
