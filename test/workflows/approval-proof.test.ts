/** Answers that count only with a proof of the console, and people who decide as members of a group. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { type ProvenAnswer, proveAnswer } from '../../activities/approvals/decision-proof.ts';
import { createConsolePages } from '../../domain/console-pages.ts';
import { decisionsOf } from '../../store/approvals/decisions.ts';
import { journalPage } from '../../store/journal/journal-page.ts';
import {
  directoryGroups,
  directoryMemberships,
  directoryPeople,
} from '../../store/schema/directory-tables.ts';
import { approveSignal, type DecideInput, decideUpdate } from '../../workflows/messages.ts';
import {
  heldChange,
  proofKeys,
  type Requests,
  type RequestTenant,
  startRequests,
} from '../support/requests.ts';
import { until } from '../support/world.ts';

let requests: Requests;

beforeAll(async () => {
  const pages = createConsolePages('https://console.example', () => 'c4');
  requests = await startRequests(undefined, { pages, trustsTemporal: false });
});
afterAll(() => requests.close());

const lea = 'lea@contoso.example';
const removals = (...names: string[]) => names.map((name) => heldChange('too-many-removals', name));

/** An answer of the page to the first request. */
async function answerOf(tenant: RequestTenant, answer: Partial<ProvenAnswer> = {}, at = new Date()) {
  const { approval = `${tenant.name}/1`, by = lea, decision = 'approve', note = '' } = answer;
  const part = { only: [...(answer.only ?? [])], except: [] };
  const given = { by, decision, note, ...part };
  return { ...given, proof: await proveAnswer(proofKeys, { approval, ...given }, at) };
}

const send = (tenant: RequestTenant, input: DecideInput) =>
  tenant.handle(1).executeUpdate(decideUpdate, { args: [input] });

const refusalOf = (decision: Promise<unknown>) =>
  decision.then(
    () => 'It was not refused.',
    (error: unknown) => (error instanceof WorkflowUpdateFailedError ? error.cause?.message : String(error)),
  );

test('where proof is required an answer counts from the page alone, once and as it was given', async () => {
  const tenant = await requests.tenant({ who: [lea], proof: 'required' });
  await tenant.plan(removals('cy', 'di'));
  const page = `https://console.example/t/${tenant.name}~c4/approvals/1`;
  const shown = await until('the request', async () => {
    const details = await tenant.details(1);
    return details.includes('cy') ? details : null;
  });
  expect(shown).toContain(`Decide at [${page}](${page}): answers from here and by command do not count.`);

  const typed = { by: lea, decision: 'approve' } as const;
  expect(await refusalOf(send(tenant, typed))).toContain(`Answer at ${page}`);
  expect(await refusalOf(send(tenant, { ...typed, channel: 'command' }))).toContain(`Answer at ${page}`);
  await tenant.handle(1).signal(approveSignal, { by: lea });
  await until('the refusal', async () =>
    (await tenant.details(1)).includes('Only answers of people who have signed in count here') ? true : null,
  );

  const answer = await answerOf(tenant, { only: ['remove:cy@contoso.example'], note: 'spoke to HR' });
  for (const other of [
    { ...answer, only: [] },
    { ...answer, by: 'max@contoso.example' },
    { ...answer, decision: 'reject' as const },
    { ...answer, note: '' },
    { ...answer, proof: `${answer.proof}x` },
    await answerOf(tenant, {}, new Date(Date.now() - 15 * 60_000)),
    await answerOf(tenant, { approval: `${tenant.name}/2` }),
  ])
    expect(await refusalOf(send(tenant, other))).toMatch(
      /The proof of this answer does not hold|may not decide/,
    );

  expect(await send(tenant, answer)).toMatchObject({ decided: 1, undecided: 1 });
  expect(await refusalOf(send(tenant, answer))).toContain('decided before');
  expect(await tenant.details(1)).toContain(`**${lea}** by page, approve 1 change: spoke to HR`);

  const { database, name } = tenant;
  expect(await decisionsOf(database, name, 1)).toMatchObject([{ by: lea, channel: 'page', proved: true }]);
  const { items } = await journalPage(database, { tenant: name, kinds: ['decided'], after: 0 });
  expect(items).toMatchObject([{ by: lea, channel: 'page', proved: true, approval: `${name}/1` }]);
});

test('where proof is not required a page proves its answers all the same, and no other text passes for one', async () => {
  const tenant = await requests.tenant({ who: [lea] });
  await tenant.plan(removals('cy', 'di'));
  const typed = { by: lea, decision: 'approve', only: ['cy'] } as const;
  expect(await refusalOf(send(tenant, { ...typed, only: ['cy'], proof: 'trust me' }))).toContain(
    'The proof of this answer does not hold',
  );
  await send(tenant, { ...typed, only: ['cy'], channel: 'page' } as unknown as DecideInput);
  await send(tenant, await answerOf(tenant));
  expect(await tenant.handle(1).result()).toEqual({ state: 'approved' });
  expect(await decisionsOf(tenant.database, tenant.name, 1)).toMatchObject([
    { channel: 'update' },
    { channel: 'page', proved: true },
  ]);
});

test('a member of a group of approvals.who decides, and nobody else', async () => {
  const tenant = await requests.tenant({ who: ['group:IT Leads'], approvers: 2 });
  const { database, name } = tenant;
  for (const id of ['lea', 'max', 'zoe']) {
    const mail = `${id}@contoso.example`;
    const facts = {
      name: id,
      mail,
      userPrincipalName: mail,
      'folded:mail': mail,
      'folded:userPrincipalName': mail,
    };
    await database.insert(directoryPeople).values({ tenant: name, id, facts });
  }
  const facts = { name: 'IT Leads', 'folded:name': 'it leads' };
  await database.insert(directoryGroups).values({ tenant: name, id: 'leads', facts });
  for (const memberId of ['lea', 'max'])
    await database
      .insert(directoryMemberships)
      .values({ tenant: name, groupId: 'leads', memberId, memberKind: 'user' });
  await tenant.plan(removals('cy'));
  const approve = (by: string) => send(tenant, { by, decision: 'approve' });
  expect(await refusalOf(approve('zoe@contoso.example'))).toContain('may not decide');
  expect(await refusalOf(approve('Lea'))).toContain('may not decide');
  expect(await approve(lea)).toMatchObject({ undecided: 1 });
  expect(await refusalOf(approve(lea))).toContain('approved all of this already');
  expect(await approve('max@contoso.example')).toMatchObject({ undecided: 0 });
});
