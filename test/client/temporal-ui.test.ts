/** `--web`: the page of Temporal's UI that a command is about. */
import { afterEach, expect, test } from '@jest/globals';
import { runCommand } from './run-command.ts';

const before = { ...process.env };
afterEach(() => {
  process.env = { ...before };
});

const ui = 'https://temporal.contoso.example';

test.each([
  [['status', 'contoso', '--web'], '/namespaces/hr/workflows/tenant%2Fcontoso'],
  [['watch', 'contoso', '--web'], '/namespaces/hr/workflows/tenant%2Fcontoso'],
  [['status', '--web'], '/namespaces/hr/workflows?query=WorkflowType%3D%22tenantSync%22%20AND%20'],
  [['approvals', 'show', 'contoso/3', '--web'], '/namespaces/hr/workflows/tenant%2Fcontoso%2Fapproval%2F3'],
  [['approvals', 'list', 'contoso', '--web'], '/namespaces/hr/workflows?query=WorkflowType%3D%22approval%22'],
  [['history', 'contoso', '--web'], '/namespaces/hr/workflows?query=WorkflowId%3D%22tenant%2Fcontoso%22'],
])('%j prints the address of the page, and asks no one', async (words, page) => {
  Object.assign(process.env, {
    TIMELY_SYNC_UI_URL: `${ui}/`,
    TEMPORAL_ADDRESS: 'localhost:1',
    TEMPORAL_NAMESPACE: 'hr',
  });
  const { exitCode, out, err } = await runCommand(words);
  expect({ exitCode, out, err }).toEqual({
    exitCode: 0,
    out: expect.stringContaining(`${ui}${page}`),
    err: '',
  });
});

test('a namespace of Temporal Cloud has its page there', async () => {
  Object.assign(process.env, { TEMPORAL_ADDRESS: 'hr.a1b2.tmprl.cloud:7233', TEMPORAL_NAMESPACE: 'hr.a1b2' });
  const { out } = await runCommand(['status', 'contoso', '--web', '--json']);
  expect(JSON.parse(out)).toEqual({
    url: 'https://cloud.temporal.io/namespaces/hr.a1b2/workflows/tenant%2Fcontoso',
  });
});

test.each([['status'], ['sync', 'contoso'], ['provision', 'contoso', 'Ada Example']])(
  '%j ends with 2 where nothing says where the UI is, and does nothing',
  async (...words) => {
    // Nothing answers there: a command that asked first would end with 69.
    process.env.TEMPORAL_ADDRESS = 'temporal.contoso.example:7233';
    const { exitCode, err } = await runCommand([...words, '--web']);
    expect(exitCode).toBe(2);
    expect(err).toContain('set TIMELY_SYNC_UI_URL');
  },
);
