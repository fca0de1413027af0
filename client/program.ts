/** The program `timely-sync`: finds the command, runs it, and turns what went wrong into a sentence and an exit code. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { cleanedSession } from './cleaned-session.ts';
import { addApprovals } from './commands/approvals.ts';
import { addCheck } from './commands/check.ts';
import { addCompletion } from './commands/completion.ts';
import { addConfig } from './commands/config.ts';
import { addConnect } from './commands/connect.ts';
import { addErase } from './commands/erase.ts';
import { addFindings } from './commands/findings.ts';
import { addHistory } from './commands/history.ts';
import { addInit } from './commands/init.ts';
import { addInvite } from './commands/invite.ts';
import { addLink } from './commands/link.ts';
import { addPause } from './commands/pause.ts';
import { addPreview } from './commands/preview.ts';
import { addProvision } from './commands/provision.ts';
import { addResume } from './commands/resume.ts';
import { addSandbox } from './commands/sandbox.ts';
import { addSchema } from './commands/schema.ts';
import { addStart } from './commands/start.ts';
import { addStatus } from './commands/status.ts';
import { addStop } from './commands/stop.ts';
import { addSync } from './commands/sync.ts';
import { addUndo } from './commands/undo.ts';
import { addUnlink } from './commands/unlink.ts';
import { addUp } from './commands/up.ts';
import { addWatch } from './commands/watch.ts';
import { addWhy } from './commands/why.ts';
import { addWorker } from './commands/worker.ts';
import { type CommandError, type ExitCode, exitCodes, UnknownTenantError } from './exit-codes.ts';
import { projectFolder } from './local/project-folder.ts';
import type { TenantMeant } from './names/tenant-meant.ts';
import type { Session } from './render/output.ts';

/**
 * All commands, in the order of the help. Their files say how each is typed; what it does is in `actions/`, which each loads
 * when it runs: `--help` is not to wait for Temporal's client.
 */
const commands = [
  addUp,
  addInit,
  addCheck,
  addPreview,
  addStart,
  addInvite,
  addConnect,
  addConfig,
  addStatus,
  addWatch,
  addSync,
  addProvision,
  addWhy,
  addApprovals,
  addFindings,
  addLink,
  addUnlink,
  addHistory,
  addUndo,
  addErase,
  addPause,
  addResume,
  addStop,
  addWorker,
  addCompletion,
  addSchema,
  addSandbox,
];

/** Runs the command line `words` (without the program's name) and returns the exit code. Never throws. */
export async function run(words: string[], terminal: Session): Promise<ExitCode> {
  const session = cleanedSession(terminal);
  try {
    await createProgram(session).parseAsync(words, { from: 'user' });
    return session.exitCode;
  } catch (error) {
    // Commander has said already what is wrong; its code 0 is `--help` or `--version`.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.wrongUse;
    const { explainError } = await import('./explain-error.ts');
    const explained = explainError(error);
    const { chosen, advice } = await otherTenant(session, explained);
    if (chosen !== null && explained instanceof UnknownTenantError)
      return await run(words.with(words.indexOf(explained.tenant), chosen), terminal);
    session.err(`timely-sync: ${[explained.message, advice].join(' ').trim()}\n`);
    return explained.exitCode;
  }
}

/** When there is no tenant of the name that was typed: the one that is meant, chosen at the terminal, or a sentence that names those like it. */
async function otherTenant(session: Session, error: CommandError): Promise<TenantMeant> {
  if (!(error instanceof UnknownTenantError)) return { chosen: null, advice: '' };
  const { tenantMeant } = await import('./names/tenant-meant.ts');
  return await tenantMeant(session, error.tenant);
}

/** The program with all its commands. */
export function createProgram(session: Session): Command {
  const program = new Command('timely-sync')
    .description('Keeps Timely in step with your directory.')
    .version(packageVersion(), '--version', 'print the version')
    .configureOutput({ writeOut: session.out, writeErr: session.err })
    .exitOverride()
    // `config TENANT --version 2` is about the file.
    .enablePositionalOptions()
    .showHelpAfterError('(add --help for what it takes)')
    .addHelpText('after', `\n${footer}`);
  for (const addTo of commands) addTo(program, session);
  // Configured last, since commands take over what was configured before them: the list of all is one of names alone.
  return program.configureHelp({ subcommandTerm: (command) => command.name() });
}

function packageVersion(): string {
  const text = readFileSync(join(projectFolder(), 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

const footer = `Examples:
  timely-sync up --sandbox
  timely-sync status
  timely-sync sync contoso --json

Where Temporal is: TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY, as
for every Temporal tool; without them the \`up\` that runs in this folder.
Exit codes: 0 done, 1 failed, 2 wrong use or an invalid tenant file,
3 done and something is held, 4 done and some people failed,
69 Temporal or a worker is not reachable.`;
