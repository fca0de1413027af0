/** `timely-sync up`: everything on this machine, until it is stopped. */
import { resolve } from 'node:path';
import type { Client } from '@temporalio/client';
import pLimit, { type LimitFunction } from 'p-limit';
import type { TenantFile } from '../../config/tenant-file.ts';
import { jsonText } from '../../domain/shown-text.ts';
import { CommandError, type ExitCode, exitCodes, usageError } from '../exit-codes.ts';
import { ProcessGroup } from '../local/process-group.ts';
import { type Stack, startStack } from '../local/stack.ts';
import { listenForStop } from '../local/stop-request.ts';
import { startTenant } from '../remote/begin/start-tenant.ts';
import { clientOf } from '../remote/connection.ts';
import { cycleDocument, exitCodeFor, followCycle, reportTable } from '../remote/cycle-report.ts';
import { printText, type Session } from '../render/output.ts';
import { type Progress, startProgress, stepsOf } from '../render/progress.ts';
import type { DirectoryName } from '../sandbox/edits.ts';
import { registerEventHook } from '../sandbox/event-hook.ts';
import { sandboxSuggestions, setUpSuggestion } from '../sandbox/sandbox-suggestions.ts';
import { sandboxTenantFile, withConsole } from '../sandbox/sandbox-tenant.ts';
import { agreeToBegin } from '../start/agree-to-begin.ts';
import { agreeToEdit, editOf } from '../start/agree-to-edit.ts';
import { readTenantFile } from '../tenant-file.ts';
import { connectUntilStop } from '../up/connect-until-stop.ts';
import { stayUp } from '../up/stay-up.ts';

export interface UpOptions {
  /** Names of tenant files. */
  files: string[];
  /** With the simulators and their tenant. */
  sandbox: boolean;
  /** The directory of the sandbox's tenant. Default: microsoft. */
  directory?: DirectoryName;
  /** The sandbox without its tenant, which is set up in the browser. */
  setUp?: boolean;
  /** Leave after one finished cycle of each tenant. */
  once: boolean;
  /** New tenants begin at once. */
  run?: boolean;
  /** Print the document of the first cycles on standard output and nothing else there. */
  json: boolean;
  /** Folder for all that is kept. */
  data: string;
  port?: number;
  uiPort?: number;
}

/** A tenant file, and its name on the command line. */
interface NamedFile {
  name: string;
  file: TenantFile;
  /** Its systems are simulated: nothing real can happen. */
  isSandbox: boolean;
}

/** What the steps of one `up` share. */
interface Run {
  session: Session;
  options: UpOptions;
  files: NamedFile[];
  group: ProcessGroup;
  progress: Progress;
  /** Resolves when a signal asks everything to stop. */
  stopRequested: Promise<void>;
  /** One question at a time. */
  askInTurn: LimitFunction;
}

/** A tenant's first cycle that began after the start and was carried through. */
interface FirstCycle {
  tenant: string;
  cycle: number;
}

/**
 * Runs until a signal comes, or with `once` until each tenant has finished a cycle, and stops everything it started. With
 * `once` the exit code says how the cycles went: one that could not be carried through (1) goes before failed people (4),
 * these before held changes (3).
 * @throws ConfigurationError or CommandError (2) for wrong files, before anything is started; CommandError (1) for what
 * cannot be started
 */
export async function runUp(session: Session, options: UpOptions): Promise<ExitCode> {
  const files = await tenantFiles(options);
  // What `up` and its programs write is for this user alone.
  const umask = process.umask(0o077);
  try {
    return await runGroup(session, options, files);
  } finally {
    process.umask(umask);
  }
}

async function runGroup(session: Session, options: UpOptions, files: NamedFile[]): Promise<ExitCode> {
  const progress = startProgress(session);
  const group = await ProcessGroup.open(resolve(options.data));
  const stop = listenForStop(() => group.kill());
  try {
    const run = {
      session,
      options,
      files,
      group,
      progress,
      stopRequested: stop.requested,
      askInTurn: pLimit(1),
    };
    const interrupted = stop.requested.then(() => (options.once ? exitCodes.failed : exitCodes.done));
    return await Promise.race([interrupted, carryOut(run)]);
  } finally {
    progress.clear();
    const by = stop.askedBy();
    progress.show('up', by === null ? 'stopping' : `stopping: ${by}`);
    await group.stop();
    progress.clear();
    stop.close();
  }
}

/** All tenant files, the sandbox's first. */
async function tenantFiles({ files, sandbox, setUp, directory, once }: UpOptions): Promise<NamedFile[]> {
  if (directory && !sandbox) throw usageError('--directory is for the sandbox: add --sandbox.');
  if (setUp && (!sandbox || once))
    throw usageError('--set-up is for the sandbox: add --sandbox, without --once.');
  const own = sandboxTenantFile(directory);
  const all = [...(sandbox && !setUp ? [own] : []), ...files];
  if (once && all.length === 0)
    throw usageError('--once needs a tenant to wait for: name a tenant file, or use --sandbox.');
  const named = await Promise.all(
    all.map(async (name) => {
      const file = await readTenantFile(name);
      const isSandbox = sandbox && name === own;
      return { name, file: isSandbox ? withConsole(file, directory) : file, isSandbox };
    }),
  );
  const tenants = named.map(({ file }) => file.tenant);
  const twice = tenants.find((tenant, index) => tenants.indexOf(tenant) !== index);
  if (twice !== undefined)
    throw usageError(`Two of the files are for the tenant ${twice}: give each tenant one file.`);
  return named;
}

/** Starts everything, shows the first cycles, and waits for the signal unless it was for `once`. */
async function carryOut(run: Run): Promise<ExitCode> {
  const { options, files, group, progress } = run;
  progress.show('up', `starting PostgreSQL, Temporal${options.sandbox ? ', the sandbox' : ''} and a worker`);
  const stack = await startStack(group, {
    dataFolder: resolve(options.data),
    sandbox: options.sandbox,
    ...(options.directory && { directory: options.directory }),
    files: files.map(({ file }) => file),
    say: progress.say,
    ...(options.port !== undefined && { port: options.port }),
    ...(options.uiPort !== undefined && { uiPort: options.uiPort }),
  });
  progress.clear();
  printAddresses(stack, run);
  const exitCode = await firstCycles(run, stack);
  if (options.once) return exitCode;
  if (options.directory === 'okta' && stack.publicUrl)
    await registerEventHook(options.data, stack.publicUrl, progress.say);
  progress.say('Everything keeps running. Ctrl-C stops it; the next `up` goes on from there.');
  const tenants = files.map(({ file }) => file.tenant);
  await stayUp(stack, { ...run, tenants });
  return exitCodes.done;
}

/** The line that can be pasted, and where to look. */
function printAddresses({ address, uiUrl }: Stack, { session, options }: Run): void {
  const write = options.json ? session.err : session.out;
  write(`Temporal's UI: ${uiUrl}\nexport TEMPORAL_ADDRESS=${address}\n`);
}

/** Starts the tenants and reports their first cycles. */
async function firstCycles(run: Run, stack: Stack): Promise<ExitCode> {
  const { session, files, options, progress } = run;
  const connection = await connectUntilStop(stack.address, run.stopRequested);
  const client = clientOf(connection);
  const begun = await Promise.all(files.map((named) => firstCycle(client, named, run)));
  const cycles = begun.filter((cycle) => cycle !== null);
  progress.clear();
  const document = await cycleDocument(client, cycles);
  if (options.json) session.out(`${jsonText(document)}\n`);
  else await printReport(client, cycles, run, stack);
  await connection.close();
  return exitCodeFor(document);
}

/** Null for a tenant that has no cycle to wait for, as it is paused: it takes nothing down that keeps running. */
async function firstCycle(client: Client, named: NamedFile, run: Run): Promise<FirstCycle | null> {
  const { options, progress } = run;
  try {
    await agreeToGiven(client, named, run);
    const started = await startTenant(client, named.file, { run: beginsAtOnce(named, run) });
    const { tenant } = started;
    if (started.isNew && started.configured.paused) {
      progress.clear();
      await run.askInTurn(() =>
        agreeToBegin(client, run.session, { fileName: named.name, file: named.file }),
      );
    }
    const cycle = await followCycle(client, tenant, {
      after: started.configured.after,
      onProgress: (status) => progress.show(tenant, status.stage, stepsOf(status)),
    });
    return { tenant, cycle };
  } catch (error) {
    if (options.once || !(error instanceof CommandError) || error.exitCode !== exitCodes.failed) throw error;
    progress.say(error.message);
    return null;
  }
}

/** A person at the terminal is asked about an edited file, as by `start`. Without one it takes effect. */
async function agreeToGiven(client: Client, { name, file, isSandbox }: NamedFile, run: Run): Promise<void> {
  const { session, options, progress, askInTurn } = run;
  if (isSandbox || session.watcher === null) return;
  const edit = await editOf(client, file);
  if (!edit) return;
  progress.clear();
  const named = { fileName: name, file };
  await askInTurn(() => agreeToEdit(client, session, named, { ...edit, yes: options.run ?? false }));
}

/**
 * A new tenant starts paused, and a person at the terminal is shown its first cycle and asked. Without one, `--once` asks
 * for exactly one cycle; what keeps running waits for `resume`, unless `--run` was given.
 */
function beginsAtOnce({ isSandbox }: NamedFile, { options: { run = false, once }, session }: Run): boolean {
  return isSandbox || run || (once && session.watcher === null);
}

/** The tables for people, and what to do next. */
async function printReport(
  client: Client,
  cycles: FirstCycle[],
  { session, options }: Run,
  { uiUrl, consoleUrl, mailboxUrl }: Stack,
): Promise<void> {
  const print = (text: string) => printText(session, `\n${text}`);
  for (const { tenant, cycle } of cycles) print(await reportTable(client, tenant, cycle, session.columns));
  if (options.once) return;
  print(`Temporal's UI shows every step: ${uiUrl}`);
  if (options.setUp) print(await setUpSuggestion(client, { data: options.data, consoleUrl }));
  const [sandboxTenant] = cycles;
  if (options.sandbox && sandboxTenant)
    print(
      await sandboxSuggestions(client, sandboxTenant.tenant, { data: options.data, consoleUrl, mailboxUrl }),
    );
}
