import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { run } from '../../client/program.ts';
import { parseTenantFile } from '../../config/tenant-file.ts';
import { runCommand, watcherWho } from './run-command.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'timely-sync-init-'));
});
afterAll(() => rm(folder, { recursive: true }));

const id = '8f0c2a4e-1111-4222-8333-444455556666';
const flags = [
  ...['--tenant', 'fabrikam', '--directory-id', id, '--client-id', id],
  ...['--account-id', '42', '--group', 'Timely: "Users"', '--no-check'],
];
const fileAt = (name: string) => join(folder, name);

describe('init', () => {
  test.each(['secret', 'certificate', 'federatedToken'])(
    'writes a valid tenant file with no secret in it, and prints what registers the application (%s)',
    async (credential) => {
      const file = fileAt(`${credential}.yaml`);
      const { exitCode, out, err } = await runCommand(['init', file, ...flags, '--credential', credential]);
      expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
      expect(out).toContain('az ad app create');
      expect(out).toContain('User.Read.All GroupMember.Read.All RoleManagement.Read.Directory;');
      expect(out).not.toContain('ReadWrite');
      const tenant = parseTenantFile(await readFile(file, 'utf8'), file);
      expect(tenant).toMatchObject({
        tenant: 'fabrikam',
        source: { tenantId: id, clientId: id },
        target: { accountId: 42, application: { clientSecret: 'env:TENANT_FABRIKAM_TIMELY_CLIENT_SECRET' } },
        scope: { include: [{ group: 'Timely: "Users"' }] },
        roles: { default: 'employee' },
        safety: { firstCycle: { removals: 'hold' } },
      });
      expect(Object.keys(tenant.source.credential)).toEqual([credential]);
    },
  );

  test('prints one document with --json', async () => {
    const { exitCode, out } = await runCommand(['init', fileAt('document.yaml'), ...flags, '--json']);
    expect(exitCode).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ tenant: 'fabrikam', check: null });
  });

  test('replaces a file only with --force', async () => {
    const file = fileAt('kept.yaml');
    await runCommand(['init', file, ...flags]);
    const again = await runCommand(['init', file, ...flags]);
    expect(again.exitCode).toBe(2);
    expect(again.err).toContain('--force');
    expect((await runCommand(['init', file, ...flags, '--force'])).exitCode).toBe(0);
  });

  test('names all missing flags without a terminal, and ends with 2', async () => {
    const { exitCode, out, err } = await runCommand(['init', fileAt('none.yaml'), '--tenant', 'fabrikam']);
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
    expect(err).toContain('--directory-id, --client-id, --account-id, --group');
  });

  test.each([
    ['--client-id', 'my app'],
    ['--account-id', 'zero'],
    ['--credential', 'password'],
    ['--tenant', 'Two Words'],
  ])('refuses %s %s with 2', async (flag, value) => {
    const { exitCode, err } = await runCommand(['init', fileAt('wrong.yaml'), ...flags, flag, value]);
    expect(exitCode).toBe(2);
    expect(err).toContain(flag);
  });

  test('asks on a terminal, once more after an answer that makes no sense', async () => {
    const file = fileAt('asked.yaml');
    const typed = ['fabrikam', '', 'not a GUID', id, id, '42', 'Timely Users', 'manager'];
    const written = { out: '', err: '' };
    const exitCode = await run(['init', file, '--no-check'], {
      out: (text) => {
        written.out += text;
      },
      err: (text) => {
        written.err += text;
      },
      readLine: async () => typed.shift() ?? null,
      watcher: watcherWho(true),
      columns: 120,
      exitCode: 0,
    });
    expect(exitCode).toBe(0);
    expect(written.err).toContain('It is a GUID');
    expect(parseTenantFile(await readFile(file, 'utf8'), file).roles.default).toBe('manager');
    // The application has to be registered before its id can be typed.
    expect(written.out.indexOf('az ad app create')).toBeLessThan(written.out.indexOf('is written'));
  });
});
