/** Invalid messages to a tenant's loop or an approval are refused with a sentence, and change nothing. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { validateTenantFile } from '../../config/tenant-file.ts';
import { problemWith } from '../../workflows/approval/validate-decision.ts';
import { type DecideInput, statusQuery, tenantWorkflowId } from '../../workflows/messages.ts';
import { heldChange, type Requests, startRequests } from '../support/requests.ts';
import { jsonWith, runs, succeededOrRefused } from './inputs.ts';

let requests: Requests;
beforeAll(async () => {
  requests = await startRequests();
});
afterAll(() => requests.close());

const payload = jsonWith('decision', 'by', 'note', 'only', 'except', 'file', 'cycle', 'person', 'id', 'full');
/** None of them is a decision: `by` is missing or not a text, or `decision` is neither approve nor reject. */
const noDecision = payload.filter(
  (value) => !(Object(value).by && /^(approve|reject)$/.test(Object(value).decision)),
);

async function refusalOf(update: Promise<unknown>): Promise<string> {
  const error = await update.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof WorkflowUpdateFailedError)) throw error ?? new Error('It was not refused.');
  return error.cause?.message ?? '';
}

test('an invalid decision gets a sentence, and an invalid tenant file a ConfigurationError', async () => {
  const facts = { id: 'contoso/1', state: 'open', who: null, proof: null };
  await fc.assert(
    fc.asyncProperty(noDecision, async (value) => {
      expect(problemWith(value as DecideInput, facts)).toMatch(/\S+ \S+/);
      expect(await succeededOrRefused(async () => validateTenantFile(value))).toBe(false);
    }),
    runs(),
  );
});

test('an approval ignores invalid decisions and signals', async () => {
  const tenant = await requests.tenant();
  await tenant.plan([heldChange('too-many-removals', 'cy')]);
  const handle = tenant.handle(1);
  await fc.assert(
    fc.asyncProperty(
      noDecision,
      fc.constantFrom('approve', 'reject', 'refresh', 'notificationsDue'),
      async (value, signal) => {
        expect(await refusalOf(handle.executeUpdate('decide', { args: [value] }))).toMatch(/\S+ \S+/);
        // The name of a signal is the decision; without a `by` the signal does nothing.
        await handle.signal(signal, value === null ? null : { ...Object(value), by: null });
      },
    ),
    runs(0.03),
  );
  expect(await tenant.details(1)).toContain('cy');
  expect((await handle.describe()).status.name).toBe('RUNNING');
  const { rows } = await requests.store.database.execute(
    sql`select * from decisions where tenant = ${tenant.name}`,
  );
  expect(rows).toEqual([]);
});

test('a loop without a tenant file keeps waiting for one', async () => {
  const name = 'fuzzed';
  const handle = await requests.client.workflow.start('tenantSync', {
    taskQueue: requests.taskQueue,
    workflowId: `${tenantWorkflowId(name)}/${requests.taskQueue}`,
    args: [{ tenant: name }],
  });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom('configure', 'undo', 'provision'), payload, async (update, value) => {
      expect(await refusalOf(handle.executeUpdate(update, { args: [value] }))).toMatch(/\S+ \S+/);
      await handle.signal('nudge', value);
    }),
    runs(0.05),
  );
  expect(await handle.query(statusQuery)).toMatchObject({ cycle: 0, configurationVersion: 0 });
  await handle.terminate('the test is over');
});
