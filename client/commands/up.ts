import { type Command, Option } from 'commander';
import type { UpOptions } from '../actions/up.ts';
import { addCommand, type CommonOptions, portNumber } from '../command.ts';
import type { Session } from '../render/output.ts';
import { type DirectoryName, directoryNames } from '../sandbox/edits.ts';

interface UpFlags extends CommonOptions {
  once?: boolean;
  run?: boolean;
  sandbox?: boolean;
  setUp?: boolean;
  directory?: DirectoryName;
  data: string;
  port?: number;
  uiPort?: number;
}

/** Adds `up`: everything on this machine. `runUp` carries it out and returns the exit code. */
export function addUp(program: Command, session: Session, runUp = runUpHere): void {
  addCommand(program, {
    name: 'up',
    summary: 'everything on this machine, with the tenants of the files or the sandbox',
    description: 'everything on this machine: Temporal, PostgreSQL, a worker, and the tenants of the files',
    examples: [
      'up --sandbox',
      'up --sandbox --once --json',
      'up --sandbox --directory okta',
      'up tenants/contoso.yaml --data /var/lib/timely-sync',
    ],
  })
    .argument('[files...]', 'tenant files')
    .option('--once', 'leave after one cycle of each tenant that was carried through')
    .option(
      '--run',
      'lets new tenants begin at once; otherwise each is shown as a preview first, or starts paused',
    )
    .option('--sandbox', 'with the simulated Microsoft, Okta, SAP and Timely and their tenant')
    .option('--set-up', 'with the sandbox: without its tenant, which a link sets up in the browser')
    .addOption(
      new Option('--directory <name>', "the directory of the sandbox's tenant; otherwise microsoft").choices(
        directoryNames,
      ),
    )
    .option('--data <dir>', 'folder for all that is kept', '.timely-sync')
    .option('--port <number>', "Temporal's port; otherwise a free one", portNumber(1))
    .option('--ui-port <number>', "port of Temporal's UI; otherwise a free one", portNumber(1))
    .action(async (files: string[], flags: UpFlags) => {
      const {
        once = false,
        run = false,
        sandbox = false,
        setUp = false,
        json = false,
        data,
        directory,
        port,
        uiPort,
      } = flags;
      const given = { ...(directory && { directory }), ...(port && { port }), ...(uiPort && { uiPort }) };
      session.exitCode = await runUp(session, { files, once, run, sandbox, setUp, json, data, ...given });
    });
}

async function runUpHere(session: Session, options: UpOptions) {
  const { runUp } = await import('../actions/up.ts');
  return runUp(session, options);
}
