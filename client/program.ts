/** The program `timely-sync`: finds the command, runs it, and turns what went wrong into a sentence and an exit code. */
import { Command, CommanderError } from 'commander';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import type { Session } from './render/output.ts';

interface CommandEntry {
  summary: string;
  /** Loads the command's file, and with it what it needs, only when the command is wanted. */
  load(): Promise<(program: Command, session: Session) => void>;
}

const commands: Record<string, CommandEntry> = {
  up: {
    summary: 'everything on this machine, with the tenants of the files or the sandbox',
    load: async () => (await import('./commands/up.ts')).addUp,
  },
  init: {
    summary: 'registers the application, writes a tenant file, checks it',
    load: async () => (await import('./commands/init.ts')).addInit,
  },
  check: {
    summary: 'asks both sides whether a tenant file would work',
    load: async () => (await import('./commands/check.ts')).addCheck,
  },
  preview: {
    summary: 'the plan against the live systems, every change with its reason; writes nothing',
    load: async () => (await import('./commands/preview.ts')).addPreview,
  },
  start: {
    summary: "starts a tenant's workflow, or changes its configuration",
    load: async () => (await import('./commands/start.ts')).addStart,
  },
  connect: {
    summary: 'signs in to Timely for a tenant, in the browser',
    load: async () => (await import('./commands/connect.ts')).addConnect,
  },
  status: {
    summary: 'how all tenants are, or one in full',
    load: async () => (await import('./commands/status.ts')).addStatus,
  },
  watch: {
    summary: 'live progress of the cycle that runs',
    load: async () => (await import('./commands/watch.ts')).addWatch,
  },
  sync: {
    summary: 'a cycle now',
    load: async () => (await import('./commands/sync.ts')).addSync,
  },
  provision: {
    summary: 'one person now: joiner, mover or leaver',
    load: async () => (await import('./commands/provision.ts')).addProvision,
  },
  why: {
    summary: 'why somebody is, or is not, in Timely; why a team is as it is',
    load: async () => (await import('./commands/why.ts')).addWhy,
  },
  approvals: {
    summary: 'what waits for a person: list, show, approve, reject',
    load: async () => (await import('./commands/approvals.ts')).addApprovals,
  },
  history: {
    summary: 'the journal: what was done, to whom, why; and whether it is whole',
    load: async () => (await import('./commands/history.ts')).addHistory,
  },
  undo: {
    summary: 'takes a cycle back, and pauses the tenant',
    load: async () => (await import('./commands/undo.ts')).addUndo,
  },
  erase: {
    summary: 'erases what is kept of one person who has left',
    load: async () => (await import('./commands/erase.ts')).addErase,
  },
  pause: {
    summary: 'lets no further cycle begin',
    load: async () => (await import('./commands/pause.ts')).addPause,
  },
  resume: {
    summary: 'ends a pause',
    load: async () => (await import('./commands/resume.ts')).addResume,
  },
  stop: {
    summary: "ends a tenant's loop and leaves everybody as they are",
    load: async () => (await import('./commands/stop.ts')).addStop,
  },
  worker: {
    summary: 'a worker alone, for production',
    load: async () => (await import('./commands/worker.ts')).addWorker,
  },
  sandbox: {
    summary: 'people join, move, leave in the simulated Microsoft and Timely; faults on and off',
    load: async () => (await import('./commands/sandbox.ts')).addSandbox,
  },
};

/** Runs the command line `words` (without the program's name) and returns the exit code. Never throws. */
export async function run(words: string[], session: Session): Promise<ExitCode> {
  try {
    const program = await createProgram(words, session);
    await program.parseAsync(words, { from: 'user' });
    return session.exitCode;
  } catch (error) {
    // Commander has said already what is wrong; its code 0 is `--help`.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.wrongUse;
    const { explainError } = await import('./explain-error.ts');
    const { exitCode, message } = explainError(error);
    session.err(`timely-sync: ${message}\n`);
    return exitCode;
  }
}

async function createProgram(words: string[], session: Session): Promise<Command> {
  const program = new Command('timely-sync')
    .description('Keeps Timely in step with your directory.')
    .configureOutput({ writeOut: session.out, writeErr: session.err })
    .exitOverride()
    .showHelpAfterError('(add --help for what it takes)')
    .addHelpText('after', `\n${footer}`);
  const wanted = words.find((word) => Object.hasOwn(commands, word));
  for (const [name, { summary, load }] of Object.entries(commands)) {
    if (name === wanted) (await load())(program, session);
    else program.command(name).description(summary);
  }
  return program;
}

const footer = `Examples:
  timely-sync up --sandbox
  timely-sync status
  timely-sync sync contoso --json

Where Temporal is: TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY, as for every Temporal tool.
Exit codes: 0 done, 1 failed, 2 wrong use or an invalid tenant file, 3 done and something waits for approval,
4 done and some people failed, 69 Temporal or a worker is not reachable.`;
