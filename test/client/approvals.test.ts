import { userInfo } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ApprovalDetail, ReportLine } from '../../domain/contract/report.ts';
import { approvalWorkflowId, defaultTaskQueue } from '../../workflows/messages.ts';
import { runCommand, type StandIn, startStandIn, watcherWho } from './stand-in.ts';
import { reportLine } from './stand-in-store.ts';

let standIn: StandIn;

beforeAll(async () => {
  standIn = await startStandIn();
});
afterAll(() => standIn.stop());

const people = ['ada', 'bo', 'cy'];
const addressOf = (name: string) => `${name}@contoso.example`;
const hold: ReportLine['hold'] = { rule: 'too-many-removals', detail: '3 removals, 2 are allowed' };

/** Opens a request about Ada, Bo and Cy, with its workflow. */
async function openRequest(tenant: string, number: number): Promise<string> {
  const id = `${tenant}/${number}`;
  const request: ApprovalDetail = {
    id,
    tenant,
    rule: 'too-many-removals',
    state: 'open',
    opened: '2026-11-23T10:00:00.000Z',
    expires: '2026-11-30T10:00:00.000Z',
    changes: people.length,
    subjects: people.map(addressOf),
    lines: people.map((name, index) => ({
      ...reportLine({
        position: index + 1,
        change: 'remove',
        status: 'held',
        subject: addressOf(name),
        name,
        hold,
      }),
      decision: null,
    })),
    decisions: [],
  };
  standIn.store.approvals.push(request);
  await standIn.environment.client.workflow.start('approval', {
    workflowId: approvalWorkflowId(tenant, number),
    taskQueue: defaultTaskQueue,
    args: [request.subjects],
  });
  return id;
}

/** Closes a request in the store, as its workflow's activity would. */
function closeRequest(id: string, state: ApprovalDetail['state']): void {
  const request = standIn.store.approvals.find((approval) => approval.id === id);
  if (request) request.state = state;
}

describe('approvals list', () => {
  test('prints the open requests of a tenant, and with --all the ended ones', async () => {
    for (const number of [1, 2, 3]) await openRequest('listed', number);
    await openRequest('other', 1);
    closeRequest('listed/2', 'expired');
    const ids = async (...flags: string[]) => {
      const { exitCode, out, err } = await runCommand(['approvals', 'list', ...flags, '--json']);
      expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
      return JSON.parse(out).approvals.map(({ id }: { id: string }) => id);
    };
    expect(await ids('listed')).toEqual(['listed/1', 'listed/3']);
    expect(await ids('listed', '--all')).toEqual(['listed/1', 'listed/2', 'listed/3']);
    expect(await ids()).toEqual(['listed/1', 'listed/3', 'other/1']);
  });

  test('has the keys that the contract names', async () => {
    await openRequest('keys', 1);
    const { out } = await runCommand(['approvals', 'list', 'keys', '--json']);
    expect(JSON.parse(out).approvals[0]).toEqual({
      id: 'keys/1',
      tenant: 'keys',
      rule: 'too-many-removals',
      state: 'open',
      opened: '2026-11-23T10:00:00.000Z',
      expires: '2026-11-30T10:00:00.000Z',
      changes: 3,
      subjects: people.map(addressOf),
    });
  });

  test('of a mistyped tenant is not told that nothing waits', async () => {
    const { exitCode, err } = await runCommand(['approvals', 'list', 'lsited']);
    expect({ exitCode, err }).toEqual({
      exitCode: 1,
      err: expect.stringContaining('There is no tenant lsited'),
    });
  });
});

describe('approvals show', () => {
  test('shows every change of a request, over all pages', async () => {
    const id = await openRequest('shown', 1);
    const { out } = await runCommand(['approvals', 'show', id]);
    for (const name of people) expect(out).toContain(addressOf(name));
    const detail = JSON.parse((await runCommand(['approvals', 'show', id, '--json'])).out);
    expect(detail.lines.map(({ subject }: ReportLine) => subject)).toEqual(people.map(addressOf));
  });

  test('tells an unknown request from something that is no request', async () => {
    expect((await runCommand(['approvals', 'show', 'shown/99'])).exitCode).toBe(1);
    const { exitCode, err } = await runCommand(['approvals', 'show', 'nonsense']);
    expect(exitCode).toBe(2);
    expect(err).toContain('contoso/3');
  });
});

describe('approvals approve and reject', () => {
  test('sends the answer with who, why and for whom', async () => {
    const id = await openRequest('decided', 1);
    const words = ['approvals', 'approve', id, '--by', 'Lea', '--note', 'spoke to HR', '--yes', '--json'];
    const { exitCode, out } = await runCommand([...words, '--only', addressOf('ada'), addressOf('cy')]);
    expect(exitCode).toBe(0);
    expect(JSON.parse(out)).toEqual({
      id,
      decision: 'approve',
      outcome: 'Lea approved ada@contoso.example, cy@contoso.example (spoke to HR).',
      decided: 2,
      undecided: 1,
    });
  });

  test('leaves out whom --except names, and signs with the user of the machine', async () => {
    const id = await openRequest('decided', 2);
    const { out } = await runCommand(['approvals', 'reject', id, '--except', addressOf('bo'), '--yes']);
    expect(out).toBe(`${userInfo().username} rejected ada@contoso.example, cy@contoso.example.\n`);
  });

  test('ends with 2 when --only names nobody of the request, and the request stays open', async () => {
    const id = await openRequest('decided', 3);
    const wrong = await runCommand(['approvals', 'approve', id, '--only', addressOf('zoe'), '--yes']);
    expect(wrong).toEqual({
      exitCode: 2,
      out: '',
      err: 'timely-sync: zoe@contoso.example is not in the request.\n',
    });
    expect((await runCommand(['approvals', 'approve', id, '--yes'])).exitCode).toBe(0);
  });

  test('needs --yes where nobody can be asked', async () => {
    const id = await openRequest('decided', 4);
    const { exitCode, err } = await runCommand(['approvals', 'approve', id]);
    expect(exitCode).toBe(2);
    expect(err).toContain('--yes');
  });

  test('shows the request and asks on a terminal, and sends nothing after a no', async () => {
    const id = await openRequest('decided', 5);
    const refusing = watcherWho(false);
    const refused = await runCommand(['approvals', 'reject', id, '--by', 'Lea'], refusing);
    expect(refused).toMatchObject({ exitCode: 1, out: '' });
    expect(refused.err).toContain(addressOf('cy'));
    expect(refusing.seen).toEqual(['reject all of it, as Lea?']);
    const agreed = await runCommand(['approvals', 'reject', id, '--by', 'Lea'], watcherWho(true));
    expect(agreed).toMatchObject({ exitCode: 0, out: expect.stringContaining('Lea rejected') });
  });

  test('says how a request has ended when the answer comes too late', async () => {
    const id = await openRequest('decided', 6);
    await runCommand(['approvals', 'approve', id, '--yes']);
    await standIn.environment.client.workflow.getHandle(approvalWorkflowId('decided', 6)).result();
    closeRequest(id, 'approved');
    const late = await runCommand(['approvals', 'reject', id, '--yes']);
    expect(late).toEqual({
      exitCode: 1,
      out: '',
      err: 'timely-sync: decided/6 has ended: approved. Nothing was changed.\n',
    });
  });

  test('takes --only or --except, not both', async () => {
    const words = ['approvals', 'approve', 'decided/1', '--yes', '--only', 'a', '--except', 'b'];
    expect((await runCommand(words)).exitCode).toBe(2);
  });
});
