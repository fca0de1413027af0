/** How long a command takes, to its first word and to its answer, and what the start of a worker costs the processor. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { projectFolder } from '../client/local/project-folder.ts';
import { startStack } from '../client/local/stack.ts';
import { judge, machine, percentile, type Ratio } from './support/figures.ts';
import { cpuSeconds, workerPid } from './support/processes.ts';
import { awaitFirstCycle, inFolder } from './support/stack.ts';
import { withoutLimits, writeTenantFile } from './support/tenant-files.ts';

const startMsMax = 250;
const answerMsMax = 500;
const program = join(projectFolder(), 'dist', 'program', 'timely-sync.js');

/** Command lines with their limit, by the name of their figure. */
const cases = [
  { name: 'start: --version', words: ['--version'], atMost: startMsMax },
  { name: 'start: --help', words: ['--help'], atMost: startMsMax },
  { name: 'answer: status', words: ['status'], atMost: answerMsMax },
  { name: 'answer: why', words: ['why', 'contoso', 'ada.example@contoso.example'], atMost: answerMsMax },
  { name: 'answer: approvals list', words: ['approvals', 'list', 'contoso'], atMost: answerMsMax },
];

/** Prints the median of `--rounds N` (9) of each, and its ratio to an empty Node program, which takes turns with them. */
export async function benchCommands(args: string[]): Promise<Ratio[]> {
  const { values } = parseArgs({ args, options: { rounds: { type: 'string', default: '9' } } });
  console.log(`${machine}, ${values.rounds} rounds`);
  return await inFolder(async (folder, group) => {
    const stack = await startStack(group, {
      dataFolder: folder,
      sandbox: true,
      files: [],
      say: console.error,
    });
    console.log(`worker's processor time until it polls: ${await cpuSeconds(await workerPid(folder))} s`);
    await awaitFirstCycle(stack.address, await writeTenantFile(folder, withoutLimits));
    const tookMs = new Map<string, number[]>();
    for (let round = 0; round < Number(values.rounds); round += 1) {
      await time(tookMs, 'Node', ['--eval', '0'], stack.address);
      for (const { name, words } of cases) await time(tookMs, name, [program, ...words], stack.address);
    }
    const median = (name: string) => percentile(tookMs.get(name) ?? [], 50);
    return cases.map(({ name, atMost }) => {
      judge({ name: `${name}, median`, value: Math.round(median(name)), unit: ' ms', atMost });
      return {
        name: `commands: ${name}, beside an empty program`,
        value: median(name) / median('Node'),
        better: 'lower',
      };
    });
  });
}

async function time(tookMs: Map<string, number[]>, name: string, words: string[], address: string) {
  const startedMs = performance.now();
  // A tenant with something held ends with 3.
  await execa(process.execPath, words, { env: { TEMPORAL_ADDRESS: address }, reject: false });
  tookMs.set(name, [...(tookMs.get(name) ?? []), performance.now() - startedMs]);
}
