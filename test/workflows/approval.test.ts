/** An approval as people use it: its Update, its Signals, what it shows, and what the journal holds. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { and, eq } from 'drizzle-orm';
import { failureTypes } from '../../domain/errors.ts';
import { dayMs } from '../../domain/time.ts';
import { loadApprovalState } from '../../store/approvals/approval-state.ts';
import { factsOf } from '../../store/approvals/decision-journal.ts';
import { decisionsOf } from '../../store/approvals/decisions.ts';
import { journalEntries } from '../../store/schema/journal-tables.ts';
import {
  approveSignal,
  type DecideInput,
  decideUpdate,
  refreshSignal,
  rejectSignal,
} from '../../workflows/messages.ts';
import { heldChange, type Requests, type RequestTenant, startRequests } from '../support/requests.ts';
import { until } from '../support/world.ts';

let requests: Requests;

beforeAll(async () => {
  requests = await startRequests();
});
afterAll(() => requests.close());

const removals = (...names: string[]) => names.map((name) => heldChange('too-many-removals', name));

const decide = (tenant: RequestTenant, input: unknown, number = 1) =>
  tenant.handle(number).executeUpdate(decideUpdate, { args: [input as DecideInput] });

/** Why a decision was refused. */
async function refusalOf(decision: Promise<unknown>): Promise<string> {
  const error = await decision.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof WorkflowUpdateFailedError)) throw new Error(`It was not refused: ${String(error)}`);
  expect(error.cause).toMatchObject({ type: failureTypes.wrongUse });
  return error.cause instanceof ApplicationFailure ? error.cause.message : '';
}

/** Null for a refusal. @throws any other error */
function refusedAsWrong(error: unknown): null {
  if (error instanceof WorkflowUpdateFailedError) return null;
  throw error;
}

const stateOf = ({ database, name }: RequestTenant) => loadApprovalState(database, name, new Date(), dayMs);

/** How many accepted updates the history holds: an update that the validator refuses leaves no event. */
async function acceptedUpdates(tenant: RequestTenant): Promise<number> {
  const { events } = await tenant.handle(1).fetchHistory();
  return (events ?? []).filter((event) => event.workflowExecutionUpdateAcceptedEventAttributes).length;
}

describe('the update decide', () => {
  test('refuses a decision that makes no sense with a sentence, and leaves no event', async () => {
    const tenant = await requests.tenant({ who: ['Lea@contoso.example'] });
    await tenant.plan(removals('cy'));
    await until('the approval', async () => ((await tenant.details(1)).includes('cy') ? true : null));
    const lea = { decision: 'approve', by: 'lea@contoso.example' };
    const refusals: [unknown, string][] = [
      [null, 'A decision is an object'],
      [{ ...lea, decision: 'maybe' }, '"decision" is "approve" or "reject".'],
      [{ decision: 'approve' }, '"by" says who decides'],
      [{ ...lea, by: ' ' }, '"by" says who decides'],
      [{ ...lea, by: 'x'.repeat(201) }, 'at most 200 characters'],
      [{ ...lea, note: 7 }, '"note" is a text.'],
      [{ ...lea, only: 'cy' }, '"only" is a list'],
      [{ ...lea, except: [1] }, '"except" is a list'],
      [{ ...lea, by: 'mallory@x.example' }, 'mallory@x.example may not decide here'],
    ];
    for (const [input, sentence] of refusals) {
      expect(await refusalOf(decide(tenant, input))).toContain(sentence);
    }
    expect(await acceptedUpdates(tenant)).toBe(0);
    expect(await decide(tenant, { ...lea, by: ' LEA@contoso.example ' })).toMatchObject({ decided: 1 });
  });

  test('refuses a decision about other subjects, or about decided ones, with a sentence', async () => {
    const tenant = await requests.tenant();
    await tenant.plan(removals('cy', 'di'));
    const lea = { decision: 'approve', by: 'lea' } as const;
    expect(await refusalOf(decide(tenant, { ...lea, only: ['zoe@contoso.example'] }))).toContain(
      '"zoe@contoso.example" is not in it',
    );
    expect(
      await refusalOf(decide(tenant, { ...lea, except: ['cy@contoso.example', 'di@contoso.example'] })),
    ).toContain('leave no change to decide');
    const result = await decide(tenant, { ...lea, only: ['CY@contoso.example '] });
    expect(result).toEqual({ outcome: '1 change approved.', decided: 1, undecided: 1 });
    expect(
      await refusalOf(decide(tenant, { ...lea, decision: 'reject', only: ['cy@contoso.example'] })),
    ).toContain('decided before');
    expect([...(await stateOf(tenant)).approved.keys()]).toEqual(['remove cy']);
  });

  test('says which changes the plan no longer contains', async () => {
    const tenant = await requests.tenant();
    await tenant.plan(removals('cy', 'di'));
    await tenant.plan(removals('di'));
    const result = await decide(tenant, { decision: 'approve', by: 'lea' });
    expect(result.outcome).toBe(
      '2 changes approved. The plan no longer contains 1 of them, so nothing is done about those.',
    );
  });

  test('counts one person once when several have to approve, in any spelling of the name', async () => {
    const who = ['anna@x.example', 'ben@x.example'];
    const tenant = await requests.tenant({ approvers: 2, who });
    await tenant.plan(removals('cy'));
    const first = await decide(tenant, { decision: 'approve', by: 'anna@x.example' });
    expect(first.outcome).toBe('1 change approved. Another person has to approve too before it counts.');
    for (const by of ['anna@x.example', '  anna@x.example ', 'ANNA@X.EXAMPLE']) {
      expect(await refusalOf(decide(tenant, { decision: 'approve', by }))).toContain(
        'has approved all of this already, under this or another address; 2 different people are needed',
      );
    }
    for (const [by, sentence] of [
      ['\u0430nna@x.example', 'must be a plain e-mail address in ASCII'],
      ['\uff41nna@x.example', 'must be a plain e-mail address in ASCII'],
      ['anna\uff20x.example', 'must be a plain e-mail address in ASCII'],
      ['anna@x.example.', 'must be a plain e-mail address in ASCII'],
      ['anna@\u0445.example', 'must be a plain e-mail address in ASCII'],
      ['an\u200bna@x.example', 'characters that cannot be seen'],
      ['B\u0435n', 'mixes scripts'],
      ['anna+2@x.example', 'may not decide here'],
      ['Anna Roth', 'may not decide here'],
    ] as const)
      expect(await refusalOf(decide(tenant, { decision: 'approve', by }))).toContain(sentence);
    expect((await stateOf(tenant)).approved.size).toBe(0);
    await decide(tenant, { decision: 'approve', by: 'ben@x.example' });
    expect((await stateOf(tenant)).approved.size).toBe(1);
    expect(await tenant.handle(1).result()).toEqual({ state: 'approved' });
  });

  test('follows the current tenant file: who may decide, and how many have to', async () => {
    const tenant = await requests.tenant({ who: ['anna@x.example'] });
    const held = removals('cy');
    await tenant.plan(held);
    expect(await refusalOf(decide(tenant, { decision: 'approve', by: 'ben@x.example' }))).toContain(
      'may not decide',
    );
    await tenant.configure({ who: ['ben@x.example', 'zoe@x.example'], approvers: 2 });
    await tenant.plan(held);
    // The approval gets a Signal about the new file, and reads it then.
    const ben = await until('the new file', () =>
      decide(tenant, { decision: 'approve', by: 'ben@x.example' }).catch(refusedAsWrong),
    );
    expect(ben).toMatchObject({ undecided: 1 });
    expect(await refusalOf(decide(tenant, { decision: 'approve', by: 'anna@x.example' }))).toContain(
      'may not decide',
    );
  });

  test('refuses a decision about an approval that has ended', async () => {
    const tenant = await requests.tenant();
    await tenant.plan(removals('cy'));
    await tenant.plan([]);
    expect(await tenant.handle(1).result()).toEqual({ state: 'ended by itself' });
    await expect(decide(tenant, { decision: 'approve', by: 'lea' })).rejects.toThrow();
    expect((await stateOf(tenant)).approved.size).toBe(0);
  });
});

test('a signal takes the same payload, and shows a refusal because it has no response', async () => {
  const tenant = await requests.tenant({ who: ['lea@x.example'] });
  await tenant.plan(removals('cy', 'di'));
  const { handle, details } = tenant;
  const send = (input: unknown) => handle(1).signal(approveSignal, input as { by: string });
  await send({ by: 'mallory', note: 'please' });
  await send({ by: 'lea@x.example', only: ['zoe'] });
  await send({ by: 'lea@x.example', decision: 'reject' });
  await send('yes');
  await send({ by: 'lea@x.example', only: ['cy'], note: 'spoke to **HR**' });
  const shown = await until('the decision', async () => {
    const text = await details(1);
    return text.includes('Decisions:') && text.includes('"zoe"') ? text : null;
  });
  expect(shown).toMatch(/\*\*lea@x.example\*\* by signal, approve 1 change: spoke to \\\*\\\*HR\\\*\\\*$/m);
  expect(shown).toContain('Refused without any change:');
  expect(shown).toMatch(/approve by mallory: mallory may not decide here/);
  expect(shown).toMatch(/approve by lea@x.example: .*"zoe" is not in it/);
  expect(shown).toMatch(/approve by lea@x.example: The signal is "approve" and its payload contradicts it/);
  expect(shown).toMatch(/approve by an unnamed person: A decision is an object/);
  await handle(1).signal(rejectSignal, { by: 'lea@x.example' });
  expect(await handle(1).result()).toEqual({ state: 'partly approved' });
  const { approved, rejected } = await stateOf(tenant);
  expect([[...approved.keys()], [...rejected]]).toEqual([['remove cy'], ['remove di']]);
});

test('a refresh leaves an approval open until its cause is gone', async () => {
  const tenant = await requests.tenant();
  await tenant.plan(removals('cy', 'di'));
  await tenant.handle(1).signal(refreshSignal);
  const lea = { decision: 'approve', by: 'lea', only: ['cy@contoso.example'] };
  expect(await decide(tenant, lea)).toMatchObject({ decided: 1, undecided: 1 });
  await tenant.plan([]);
  expect(await tenant.handle(1).result()).toEqual({ state: 'ended by itself' });
});

test('an approval waits for the store without limit', async () => {
  const tenant = await requests.tenant({ remindAfter: '1s', escalateAfter: '1s', expireAfter: '1s' });
  await tenant.plan(removals('cy'));
  expect(await tenant.handle(1).result()).toEqual({ state: 'expired' });
  const { events } = await tenant.handle(1).fetchHistory();
  // An outage of more than a minute needs more than one attempt.
  const steps = (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: step }) => step ?? []);
  const unlimited = steps.filter(({ retryPolicy }) => retryPolicy?.maximumAttempts === 0);
  expect(unlimited.map(({ activityType }) => activityType?.name)).toEqual([
    'describeApproval',
    'expireApproval',
  ]);
});

test('the journal holds who decided what, with the facts that they saw', async () => {
  const tenant = await requests.tenant();
  const held = removals('cy', 'di', 'ed');
  await tenant.plan(held);
  await decide(tenant, {
    decision: 'approve',
    by: ' Lea ',
    note: 'spoke to HR',
    channel: 'command',
    except: ['ed'],
  });
  await tenant.handle(1).signal(rejectSignal, { by: 'Max' });
  await tenant.handle(1).result();
  const { database, name } = tenant;
  const rows = await database
    .select()
    .from(journalEntries)
    .where(and(eq(journalEntries.tenant, name), eq(journalEntries.kind, 'decided')))
    .orderBy(journalEntries.sequence);
  expect(rows).toMatchObject([
    {
      kind: 'decided',
      cycle: 1,
      approval: 1,
      reason: 'spoke to HR',
      before: {
        rule: 'too-many-removals',
        facts: factsOf(held.slice(0, 2)),
        changes: 2,
        details: ['too-many-removals holds it'],
      },
      after: { decision: 'approve', by: 'Lea', channel: 'command', only: [], except: ['ed'] },
    },
    {
      kind: 'decided',
      reason: '',
      before: { facts: factsOf(held.slice(2)), changes: 1 },
      after: { decision: 'reject', by: 'Max', channel: 'signal' },
    },
  ]);
  expect(
    (await decisionsOf(database, name, 1)).map(({ by, channel, changes }) => [by, channel, changes]),
  ).toEqual([
    ['Lea', 'command', 2],
    ['Max', 'signal', 1],
  ]);
});
