import { expect, test } from '@jest/globals';
import { isGranted, waitForAccess } from '../../../client/init/wait-for-access.ts';
import type { LineOptions } from '../../../client/render/output.ts';
import { type CheckReport, checkError, checkOk } from '../../../domain/contract/check.ts';
import { silentSession, watcherWho } from '../run-command.ts';

const consented = checkOk('User.Read.All', 'Granted: reads people.');
const refused = checkError('User.Read.All', 'Not granted.', 'Have an administrator consent to it.');
const reportOf = (...lines: CheckReport['lines'][number][]): CheckReport => ({
  tenant: 't',
  lines,
  missing: [],
});
const onDirectory = (line: typeof consented) => ({ side: 'directory' as const, ...line });

/** A person at a terminal who presses Enter when told to, and the reports that come one after the other. */
function arrange(reports: (CheckReport | null)[], pressesEnter: boolean) {
  const written: string[] = [];
  let asked = 0;
  const session = {
    ...silentSession(),
    watcher: watcherWho(true),
    err: (text: string) => void written.push(text),
    readLine: (_question: string, { signal }: LineOptions = {}) =>
      new Promise<string | null>((resolve) => {
        if (pressesEnter) resolve('');
        signal?.addEventListener('abort', () => resolve(null));
      }),
  };
  const ask = async () => {
    const report = reports[Math.min(asked, reports.length - 1)] ?? null;
    asked += 1;
    return report;
  };
  return { session, ask, written, asked: () => asked };
}

const missing = reportOf(onDirectory(refused));
const granted = reportOf(onDirectory(consented));

test('waits until the consent arrives, while a worker restarts too, and shows each permission once', async () => {
  const { session, ask, written } = arrange([missing, missing, null, granted], false);
  expect(await waitForAccess(session, ask, { waits: true, everyMs: 1 })).toEqual(granted);
  expect(written).toEqual([
    'missing User.Read.All: Not granted. Have an administrator consent to it.\n',
    'ok      User.Read.All: Granted: reads people.\n',
  ]);
});

test('goes on without when the person presses Enter', async () => {
  const { session, ask } = arrange([missing], true);
  expect(await waitForAccess(session, ask, { waits: true, everyMs: 60_000 })).toEqual(missing);
});

test('asks once without a terminal, or when told not to wait', async () => {
  for (const waits of [true, false]) {
    const { session, ask, asked } = arrange([missing], false);
    const watcher = waits ? null : session.watcher;
    expect(await waitForAccess({ ...session, watcher }, ask, { waits, everyMs: 1 })).toEqual(missing);
    expect(asked()).toBe(1);
  }
});

test('what Timely lacks does not keep the directory from being looked at', () => {
  expect(isGranted(reportOf(onDirectory(consented), { side: 'timely', ...refused }))).toBe(true);
  expect(isGranted(null)).toBe(false);
});
