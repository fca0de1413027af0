import { afterEach, describe, expect, test } from '@jest/globals';
import { Command } from 'commander';
import getPort from 'get-port';
import type { UpOptions } from '../../client/actions/up.ts';
import { addUp } from '../../client/commands/up.ts';
import { addWorker } from '../../client/commands/worker.ts';
import { commandLines } from './command-lines.ts';
import { runCommand, silentSession } from './run-command.ts';

async function upOptions(words: string[]): Promise<{ options: UpOptions | null; exitCode: number }> {
  const session = silentSession();
  const program = new Command();
  let options: UpOptions | null = null;
  addUp(program, session, async (_, given) => {
    options = given;
    return 3;
  });
  await program.parseAsync(['up', ...words], { from: 'user' });
  return { options, exitCode: session.exitCode };
}

describe('up', () => {
  test('takes every flag and returns the exit code of its action', async () => {
    const words = [
      'a.yaml',
      'b.yaml',
      '--once',
      '--sandbox',
      '--data',
      '/srv/sync',
      '--port',
      '7300',
      '--ui-port',
      '8300',
    ];
    expect(await upOptions([...words, '--json'])).toEqual({
      options: {
        files: ['a.yaml', 'b.yaml'],
        once: true,
        run: false,
        sandbox: true,
        setUp: false,
        json: true,
        data: '/srv/sync',
        port: 7300,
        uiPort: 8300,
      },
      exitCode: 3,
    });
  });

  test('keeps its data in .timely-sync and takes free ports by default', async () => {
    const { options } = await upOptions([]);
    expect(options).toEqual({
      files: [],
      once: false,
      sandbox: false,
      setUp: false,
      run: false,
      json: false,
      data: '.timely-sync',
    });
  });

  test('takes a directory for the sandbox, and refuses one that is not simulated', async () => {
    const { options } = await upOptions(['--sandbox', '--directory', 'okta']);
    expect(options).toMatchObject({ sandbox: true, directory: 'okta' });
    const { exitCode, err } = await runCommand(['up', '--sandbox', '--directory', 'ldap']);
    expect([exitCode, err]).toEqual([2, expect.stringContaining('microsoft, okta')]);
    const alone = await runCommand(['up', '--directory', 'okta']);
    expect([alone.exitCode, alone.err]).toEqual([2, expect.stringContaining('add --sandbox')]);
  });

  test('leaves the sandbox without its tenant for a set-up, and nothing else', async () => {
    const { options } = await upOptions(['--sandbox', '--set-up']);
    expect(options).toMatchObject({ sandbox: true, setUp: true });
    for (const words of [['--set-up'], ['--sandbox', '--set-up', '--once']]) {
      const { exitCode, err } = await runCommand(['up', ...words]);
      expect([exitCode, err]).toEqual([2, expect.stringContaining('add --sandbox, without --once')]);
    }
  });

  test.each(['0', '65536', 'abc', '80.5'])('refuses %s as a port', async (port) => {
    const { exitCode, out, err } = await runCommand(['up', '--port', port]);
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
    expect(err).toContain('from 1 to 65535');
  });
});

test('worker returns the exit code of its action', async () => {
  const session = silentSession();
  const program = new Command();
  addWorker(program, session, async () => 1);
  await program.parseAsync(['worker'], { from: 'user' });
  expect(session.exitCode).toBe(1);
});

/** Only the script of a shell calls `complete`: no help names it. */
const shownLines = commandLines.filter(([name]) => name !== 'complete');

test.each(shownLines.map((words) => [words.join(' '), words]))(
  '%s --help ends with 0 and has --json and an example',
  async (line, words) => {
    const { exitCode, out, err } = await runCommand([...words, '--help']);
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    expect(out).toContain('--json');
    expect(out).toMatch(new RegExp(`Examples:\\n  timely-sync ${line}`));
  },
);

const helpScreens = [[], ['approvals'], ['sandbox'], ...shownLines];

test.each(helpScreens.map((words) => [words.join(' '), words]))(
  'the help of "%s" fits 80 columns, but for examples to paste',
  async (_, words) => {
    const { out } = await runCommand([...words, '--help']);
    const lines = out.split('\n').filter((line) => !line.startsWith('  timely-sync '));
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  },
);

describe('the program', () => {
  test('lists all commands and the exit codes in its help', async () => {
    const { exitCode, out } = await runCommand(['--help']);
    expect(exitCode).toBe(0);
    for (const [name] of shownLines) expect(out).toMatch(new RegExp(`^  ${name}`, 'm'));
    expect(out).toContain('69 Temporal or a worker is not reachable');
  });

  test.each([[[]], [['nonsense']], [['sync']], [['status', '--nonsense']], [['approvals']]])(
    'ends with 2 for the words %j, and says so on standard error',
    async (words) => {
      const { exitCode, out, err } = await runCommand(words);
      expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
      expect(err).not.toBe('');
    },
  );
});

describe('without Temporal', () => {
  const address = process.env.TEMPORAL_ADDRESS;
  afterEach(() => {
    if (address === undefined) delete process.env.TEMPORAL_ADDRESS;
    else process.env.TEMPORAL_ADDRESS = address;
  });

  test('ends with 69 and says where it looked', async () => {
    process.env.TEMPORAL_ADDRESS = `127.0.0.1:${await getPort({ host: '127.0.0.1' })}`;
    const { exitCode, out, err } = await runCommand(['status', '--json']);
    expect({ exitCode, out }).toEqual({ exitCode: 69, out: '' });
    expect(err).toBe(
      `timely-sync: Temporal does not answer at ${process.env.TEMPORAL_ADDRESS}: start it, or set TEMPORAL_ADDRESS to where it runs.\n`,
    );
  });
});
