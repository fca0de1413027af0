/** Answers in the console: whole, in part, by two people, too late, about oneself, and over an ended sign-in. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { approvalChangeRows } from '../../../../store/approvals/approvals.ts';
import { decisionsOf } from '../../../../store/approvals/decisions.ts';
import { directoryPeople } from '../../../../store/schema/directory-tables.ts';
import { formValueOf } from '../../../../worker/console/approvals/answer-form.ts';
import { heldChange, type Requests, type RequestTenant, startRequests } from '../../../support/requests.ts';
import type { Browser, Shown } from '../support/browser.ts';
import { type ApproversConsole, formIn, openApprovers, textIn, unticked } from './approvers.ts';

let requests: Requests;
let opened: ApproversConsole;

beforeAll(async () => {
  requests = await startRequests();
  opened = openApprovers(requests);
});
afterAll(() => requests.close());

const [lea, max] = ['lea@contoso.example', 'max@contoso.example'];
const removals = (...names: string[]) => names.map((name) => heldChange('too-many-removals', name));
const keyOf = (name: string) => formValueOf(`remove:${name}@contoso.example`);

async function tenantOf(held: string[], terms: Record<string, unknown> = {}): Promise<RequestTenant> {
  const tenant = await requests.tenant({ who: [lea, max], proof: 'required', ...terms });
  await tenant.plan(removals(...held));
  return tenant;
}

/** Looks, reviews and sends, as the pages lead. */
async function decideAll(
  browser: Browser,
  page: string,
  decision: 'approve' | 'reject',
  note = '',
): Promise<Shown> {
  const request = await browser.get(page);
  const review = await browser.post(page, formIn(request, { note, go: decision }));
  return review.status === 200 ? await browser.post(page, formIn(review, { go: 'send' })) : review;
}

const decided = async ({ database, name }: RequestTenant) =>
  (await approvalChangeRows(database, name, 1)).map(
    ({ line, decision }) => `${line.name} ${decision ?? '-'}`,
  );

test('a request is listed, shown with what approving does, summed up, and approved whole', async () => {
  const tenant = await tenantOf(['cy', 'di']);
  const browser = await opened.signIn(tenant, lea);
  const list = await browser.get(`${opened.pathOf(tenant.name)}/approvals`);
  expect(textIn(list)).toContain(
    `${tenant.name}/1 more removals than the tenant file allows (too-many-removals)`,
  );
  const page = opened.pageOf(tenant);
  expect(list.page).toContain(`href="${page}"`);

  const request = await browser.get(page);
  const text = textIn(request);
  for (const part of [
    '2 changes',
    'Removes the user from Timely',
    'cy@contoso.example',
    'too-many-removals holds it',
  ])
    expect(text).toContain(part);
  const review = await browser.post(page, formIn(request, { note: 'spoke to HR', go: 'approve' }));
  expect(textIn(review)).toContain(`Approve 2 changes of ${tenant.name}/1?`);
  expect(textIn(review)).toContain('Nothing of this request waits after that.');
  expect(textIn(review)).toContain('spoke to HR');
  expect(await decided(tenant)).toEqual(['cy -', 'di -']);

  const sent = await browser.post(page, formIn(review, { go: 'send' }));
  expect([sent.status, sent.location]).toEqual([303, page]);
  expect(textIn(await browser.get(page))).toContain('You approved 2 changes');
  expect(await decided(tenant)).toEqual(['cy approved', 'di approved']);
  expect(await decisionsOf(tenant.database, tenant.name, 1)).toMatchObject([
    { by: lea, channel: 'page', proved: true, note: 'spoke to HR' },
  ]);
  const again = await browser.post(page, formIn(review, { go: 'send' }));
  expect([again.status, textIn(again)]).toEqual([409, expect.stringContaining('has ended: approved')]);
});

test('boxes without a tick on several pages are left out, in one answer', async () => {
  const names = Array.from({ length: 130 }, (_, index) => `p${String(index).padStart(3, '0')}`);
  const tenant = await tenantOf(names);
  const browser = await opened.signIn(tenant, lea);
  const page = opened.pageOf(tenant);
  const first = await browser.get(page);
  const second = await browser.post(page, [...unticked(formIn(first), keyOf('p005')), ['go', 'from:100']]);
  expect(textIn(second)).toContain('All changes but 1 are chosen. ');
  expect(textIn(second)).toContain('Changes 101 to 130 of 130');
  const found = await browser.post(page, [
    ...unticked(formIn(second, { search: 'P00' }), keyOf('p120')),
    ['go', 'search'],
  ]);
  expect(textIn(found)).toContain('Changes 1 to 10 of 10');
  expect(found.page).toMatch(new RegExp(`value="${keyOf('p004')}"[^>]*checked`));
  expect(found.page).not.toMatch(new RegExp(`value="${keyOf('p005')}"[^>]*checked`));
  const review = await browser.post(page, formIn(found, { go: 'reject' }));
  expect(textIn(review)).toContain(`Reject 128 changes of ${tenant.name}/1?`);
  expect(textIn(review)).toContain('2 changes wait on for an answer');
  await browser.post(page, formIn(review, { go: 'send' }));
  const open = (await decided(tenant)).filter((line) => !line.endsWith('rejected'));
  expect(open).toEqual(['p005 -', 'p120 -']);
});

test('only what is ticked counts after "Choose none", and nothing ticked is no answer', async () => {
  const tenant = await tenantOf(['cy', 'di', 'ed']);
  const browser = await opened.signIn(tenant, lea);
  const page = opened.pageOf(tenant);
  const none = await browser.post(page, formIn(await browser.get(page), { go: 'none' }));
  const refused = await browser.post(page, formIn(none, { go: 'approve' }));
  expect([refused.status, textIn(refused)]).toEqual([400, expect.stringContaining('No change is chosen')]);
  const review = await browser.post(page, [...formIn(refused, { go: 'approve' }), ['row', keyOf('di')]]);
  expect(textIn(review)).toContain('Approve 1 change of');
  await browser.post(page, formIn(review, { go: 'send' }));
  expect(await decided(tenant)).toEqual(['cy -', 'di approved', 'ed -']);
});

test('an answer that does not say what it is about, or says it in no form of ours, decides nothing', async () => {
  const tenant = await requests.tenant({ who: [lea], proof: 'required' });
  await tenant.plan(removals('cy', 'di'));
  const page = opened.pageOf(tenant);
  const browser = await opened.signIn(tenant, lea);
  const review = await browser.post(page, formIn(await browser.get(page), { go: 'reject' }));
  const whole = formIn(review, { go: 'send' });
  const silent = await browser.post(
    page,
    whole.filter(([name]) => name !== 'kind'),
  );
  const broken = await browser.post(page, [...whole, ['other', '%E0%A4%A']]);
  expect([silent.status, broken.status]).toEqual([400, 409]);
  expect(await decided(tenant)).toEqual(['cy -', 'di -']);
});

test('a second person is needed where the tenant file says so, and one person is one', async () => {
  const tenant = await tenantOf(['cy'], { approvers: 2 });
  const page = opened.pageOf(tenant);
  const leas = await opened.signIn(tenant, lea);
  await decideAll(leas, page, 'approve');
  expect(textIn(await leas.get(page))).toContain('What needs another person waits for that answer');
  const again = await decideAll(leas, page, 'approve');
  expect([again.status, textIn(again)]).toEqual([
    409,
    expect.stringContaining('approved all of this already'),
  ]);
  const maxes = await opened.signIn(tenant, max);
  const shown = textIn(await maxes.get(page));
  expect(shown).toContain('lea@contoso.example approved 1 change');
  expect(shown).toContain('1 of 2 approved');
  await decideAll(maxes, page, 'approve');
  expect(await decided(tenant)).toEqual(['cy approved']);
});

describe('an answer is refused with the reason, and the page shows what counts', () => {
  test('when the request has ended by itself, and says when it has changed meanwhile', async () => {
    const tenant = await tenantOf(['cy', 'di']);
    const browser = await opened.signIn(tenant, lea);
    const page = opened.pageOf(tenant);
    const request = await browser.get(page);
    await tenant.plan(removals('di'));
    const review = await browser.post(page, formIn(request, { go: 'approve' }));
    expect(textIn(review)).toContain('The sync no longer wants 1 of them, so nothing is done about those.');
    await tenant.plan([]);
    const late = await browser.post(page, formIn(review, { go: 'send' }));
    expect([late.status, textIn(late)]).toEqual([409, expect.stringContaining('ended by itself')]);
    expect(textIn(await browser.get(page))).toContain('There is nothing to decide any more.');
  });

  test('when its time has passed', async () => {
    const tenant = await tenantOf(['cy'], { remindAfter: '1s', escalateAfter: '1s', expireAfter: '2s' });
    const browser = await opened.signIn(tenant, lea);
    const page = opened.pageOf(tenant);
    const review = await browser.post(page, formIn(await browser.get(page), { go: 'approve' }));
    expect(await tenant.handle(1).result()).toEqual({ state: 'expired' });
    const late = await browser.post(page, formIn(review, { go: 'send' }));
    expect([late.status, textIn(late)]).toEqual([409, expect.stringContaining('expired')]);
  });

  test('when another person has rejected it', async () => {
    const tenant = await tenantOf(['cy']);
    const page = opened.pageOf(tenant);
    const leas = await opened.signIn(tenant, lea);
    const review = await leas.post(page, formIn(await leas.get(page), { go: 'approve' }));
    await decideAll(await opened.signIn(tenant, max), page, 'reject', 'stays until May');
    const late = await leas.post(page, formIn(review, { go: 'send' }));
    expect([late.status, textIn(late)]).toEqual([409, expect.stringContaining('has ended: rejected')]);
    expect(textIn(late)).toContain('stays until May');
  });

  test('about oneself, for that person alone', async () => {
    const tenant = await tenantOf(['lea', 'di']);
    const browser = await opened.signIn(tenant, lea);
    const page = opened.pageOf(tenant);
    const request = await browser.get(page);
    expect(textIn(request)).toContain('About you: another person has to decide.');
    const review = await browser.post(page, formIn(request, { go: 'approve' }));
    expect(textIn(review)).toContain('1 change is about you and left out');
    await browser.post(page, formIn(review, { go: 'send' }));
    expect(await decided(tenant)).toEqual(['lea -', 'di approved']);
    const own = await decideAll(browser, page, 'approve');
    expect([own.status, textIn(own)]).toEqual([
      409,
      expect.stringContaining('may not decide about themselves'),
    ]);
  });

  test('of a person who may only look, of an operator, and of a person that the directory has let go', async () => {
    const tenant = await tenantOf(['cy'], { who: [lea], proof: 'none' });
    const page = opened.pageOf(tenant);
    const operator = await opened.browser().signIn(null, { addresses: ['ops@vendor.example'] });
    expect((await operator.get(page)).status).not.toBe(200);
    const browser = await opened.signIn(tenant, lea);
    const review = await browser.post(page, formIn(await browser.get(page), { go: 'approve' }));
    const facts = { name: 'Lea', mail: lea, userPrincipalName: lea, enabled: false, 'folded:mail': lea };
    await tenant.database.insert(directoryPeople).values({ tenant: tenant.name, id: 'lea', facts });
    expect((await browser.post(page, formIn(review, { go: 'send' }))).status).toBe(403);
    expect(await decided(tenant)).toEqual(['cy -']);
  });

  test('where nobody is named, and of a request that there is not', async () => {
    const tenant = await tenantOf(['cy'], { who: undefined, proof: 'none' });
    const browser = await opened.signIn(tenant, lea);
    expect((await browser.get(opened.pageOf(tenant))).status).toBe(403);
    const other = await tenantOf(['cy']);
    const leas = await opened.signIn(other, lea);
    for (const number of [2, 99_999_999_999])
      expect((await leas.get(opened.pageOf(other, number))).status).toBe(404);
    // A session of one tenant is nothing at another.
    expect((await leas.get(opened.pageOf(tenant))).status).toBe(302);
  });
});

test('an answer that was sent after the sign-in had ended is there again, and sent by a person', async () => {
  const tenant = await tenantOf(['cy', 'di']);
  const page = opened.pageOf(tenant);
  const browser = await opened.signIn(tenant, lea);
  const form = unticked(formIn(await browser.get(page), { note: 'spoke to HR' }), keyOf('di'));
  const review = await browser.post(page, [...form, ['go', 'approve']]);
  browser.cookies.delete('__Host-timely-sync');
  const ended = await browser.post(page, formIn(review, { go: 'send' }));
  expect([ended.status, textIn(ended)]).toEqual([401, expect.stringContaining('nothing was done yet')]);
  expect(await decided(tenant)).toEqual(['cy -', 'di -']);
  await browser.signIn(tenant.name, { id: 'another', subject: null, addresses: [lea] });
  const kept = await browser.get(page);
  expect(textIn(kept)).toContain('nothing was sent yet');
  expect(textIn(kept)).toContain('Approve 1 change of');
  expect(await decided(tenant)).toEqual(['cy -', 'di -']);
  await browser.post(page, formIn(kept, { go: 'send' }));
  expect(await decided(tenant)).toEqual(['cy approved', 'di -']);
  expect(await decisionsOf(tenant.database, tenant.name, 1)).toMatchObject([{ note: 'spoke to HR' }]);
});

test('names of a directory are text on every page, and mean no other change', async () => {
  const hostile = `<script>alert(1)</script>" onfocus="x \u202e'&`;
  const tenant = await requests.tenant({ who: [lea] });
  const change = heldChange('too-many-removals', 'cy');
  await tenant.plan([
    { ...change, subject: { ...change.subject, name: hostile }, reason: hostile } as typeof change,
    ...removals('di'),
  ]);
  const page = opened.pageOf(tenant);
  const browser = await opened.signIn(tenant, lea);
  const request = await browser.get(page);
  const review = await browser.post(page, formIn(request, { note: hostile, go: 'approve' }));
  for (const shown of [request, review]) {
    expect(shown.page).not.toMatch(/<script|" onfocus|\u202e/);
    expect(textIn(shown)).toContain('<script>alert(1)</script>');
  }
});
