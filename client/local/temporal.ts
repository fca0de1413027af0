/** Temporal for one machine: the development server of its CLI, with its UI and a database file. */
import { mkdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { execa } from 'execa';
import { searchAttributesForCli } from '../../workflows/messages.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { notice } from '../terminal.ts';
import { childEnvironment } from './child-environment.ts';
import { choosePort, withOtherPorts } from './ports.ts';
import { type Launch, startProcess, untilReady } from './processes.ts';
import { projectFolder } from './project-folder.ts';

const readyWithinMs = 60_000;
const oneTryMs = 2_000;

export interface TemporalOptions {
  /** Folder of everything that `up` keeps. */
  dataFolder: string;
  /** Free ones, or those used last time, unless given. */
  port?: number;
  uiPort?: number;
  launch?: Launch;
}

export interface Temporal {
  /** `127.0.0.1:PORT`, for TEMPORAL_ADDRESS. */
  address: string;
  uiUrl: string;
  stop(): Promise<void>;
}

/**
 * Starts the server on 127.0.0.1 and waits until it answers.
 * @throws CommandError (1) when there is no CLI, or with what it said
 */
export async function startTemporal(options: TemporalOptions): Promise<Temporal> {
  await mkdir(options.dataFolder, { recursive: true });
  const { TEMPORAL_CLI_PATH: named, TEMPORAL_CLI_SHA256: digest } = process.env;
  const command = named && !digest ? named : await findCli();
  return await withOtherPorts(() => startOn(command, options));
}

async function startOn(command: string, options: TemporalOptions): Promise<Temporal> {
  const { dataFolder, launch = startProcess } = options;
  const port = await choosePort(dataFolder, 'temporal', options.port);
  const uiPort = await choosePort(dataFolder, 'temporal-ui', options.uiPort);
  const places = ['--db-filename', join(dataFolder, 'temporal.db'), '--ip', '127.0.0.1'];
  const server = await launch({
    name: 'Temporal',
    command,
    args: [
      'server',
      'start-dev',
      ...places,
      '--port',
      String(port),
      '--ui-port',
      String(uiPort),
      ...settings,
    ],
    logFile: join(dataFolder, 'logs', 'temporal.log'),
  });
  await untilReady(server, () => isOpen(port), readyWithinMs);
  await untilReady(server, () => answers(`127.0.0.1:${port}`), readyWithinMs);
  return { address: `127.0.0.1:${port}`, uiUrl: `http://127.0.0.1:${uiPort}`, stop: server.stop };
}

/** Fairness between tenants and priorities within one, as in production (deploy/temporal-dynamic-config.yaml). */
export const matchingSettings = [
  'matching.useNewMatcher=true',
  'matching.enableFairness=true',
  'matching.enableMigration=true',
];

/** The write-ahead log makes the database file ten times as fast (docs/reference/temporal.md section 3.1). */
const settings = [
  ['--log-level', 'error'],
  ...searchAttributesForCli.map(({ name, type }) => ['--search-attribute', `${name}=${type}`]),
  ['--sqlite-pragma', 'journal_mode=WAL'],
  ['--sqlite-pragma', 'synchronous=NORMAL'],
  ...matchingSettings.map((setting) => ['--dynamic-config-value', setting]),
].flat();

/** Asks set-up, which finds or fetches it; what it has to say goes to our standard error. */
async function findCli(): Promise<string> {
  const finder = join(projectFolder(), 'setup', 'temporal', 'temporal-cli.mjs');
  const found = await execa(process.execPath, [finder], {
    env: childEnvironment('finder'),
    extendEnv: false,
    reject: false,
    stripFinalNewline: false,
  });
  if (found.failed) {
    const message =
      found.stderr.trim().split('\n').at(-1) ||
      'The Temporal server was not found: set TEMPORAL_CLI_PATH to the Temporal CLI.';
    throw new CommandError(exitCodes.failed, message, found);
  }
  notice(found.stderr);
  return found.stdout.trim();
}

/** Whether the port is open. Tested before the SDK connects, which waits a second after a refusal. */
function isOpen(port: number): Promise<true | null> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(null));
    socket.once('connect', () => socket.destroy());
  });
}

/** Whether the namespace can be used, which is a moment after the port opens. */
async function answers(address: string): Promise<true | null> {
  const connection = Connection.lazy({ address, connectTimeout: oneTryMs });
  try {
    await connection.ensureConnected();
    await connection.withDeadline(Date.now() + oneTryMs, () =>
      connection.workflowService.listWorkflowExecutions({ namespace: 'default', pageSize: 1 }),
    );
    return true;
  } catch {
    return null;
  } finally {
    await connection.close();
  }
}
