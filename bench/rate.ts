/**
 * Three workers find the rate limit of one account, which Timely counts by a sliding second or by a clock second. Timely's
 * ledger says what it refuses later than ten seconds after the first refusal, and how much of the limit is used.
 */
import { parseArgs } from 'node:util';
import type { ProcessGroup } from '../client/local/process-group.ts';
import { startStack } from '../client/local/stack.ts';
import { openSandbox } from '../client/sandbox/control.ts';
import { inLetters } from './support/company-names.ts';
import { judge, machine, type Ratio } from './support/figures.ts';
import { awaitFirstCycle, inFolder, type RecordedRequest, readLedger } from './support/stack.ts';
import { withoutLimits, writeTenantFile } from './support/tenant-files.ts';

const workers = 3;
const learningMs = 10_000;
/** Work for this many seconds, the ten of learning included. */
const workSeconds = 30;
const usedPercentMin = 85;
const countings = ['sliding', 'clock'] as const;

interface Round {
  limit: number;
  counting: (typeof countings)[number];
}

/** Prints a line for each limit and way of counting. `--limits 15,20`, in requests per second. */
export async function benchRate(args: string[]): Promise<Ratio[]> {
  const ratios: Ratio[] = [];
  const { values } = parseArgs({ args, options: { limits: { type: 'string', default: '15,20' } } });
  console.log(`${machine}, ${workers} workers`);
  for (const limit of values.limits.split(',').map(Number)) {
    for (const counting of countings) {
      const round = { limit, counting };
      const { refusedLater, share } = await inFolder((folder, group) => measure(folder, group, round));
      const name = `${limit} a ${counting} second`;
      judge({ name: `${name}, refused after ten seconds`, value: refusedLater, unit: '', atMost: 0 });
      judge({ name: `${name}, used`, value: share * 100, unit: ' %', atLeast: usedPercentMin });
      ratios.push({ name: `rate: used of ${name}`, value: share, better: 'higher' });
    }
  }
  return ratios;
}

async function measure(folder: string, group: ProcessGroup, { limit, counting }: Round) {
  const stack = await startStack(group, {
    dataFolder: folder,
    sandbox: true,
    files: [],
    workers,
    say: console.error,
  });
  const sandbox = await openSandbox(folder);
  const people = limit * workSeconds;
  await sandbox.order('timely', 'account', { seats: 1_000 + people });
  for (let number = 0; number < people; number += 1) {
    await sandbox.order('microsoft', 'join', { name: `New ${inLetters(number)}`, groups: ['Timely Users'] });
  }
  await sandbox.order('timely', 'faults', {
    set: 'rateLimit',
    setting: { perSecond: limit, counting: `${counting} second`, retryAfter: 1 },
  });
  await awaitFirstCycle(stack.address, await writeTenantFile(folder, withoutLimits));
  return figuresOf(await readLedger(folder, 'timely'), limit);
}

function figuresOf(entries: RecordedRequest[], limit: number): { refusedLater: number; share: number } {
  const requests = entries.filter(({ operation }) => !operation.startsWith('oauth.'));
  const isRefused = ({ status }: RecordedRequest) => status === 429;
  const from = (requests.find(isRefused)?.at ?? 0) + learningMs;
  // The last second of the work may be incomplete.
  const until = (requests.findLast(({ operation }) => operation === 'users.invite')?.at ?? 0) - 1_000;
  const later = requests.filter(({ at }) => at > from && at < until);
  const refusedLater = later.filter(isRefused).length;
  return { refusedLater, share: (later.length - refusedLater) / ((until - from) / 1_000) / limit };
}
