import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { run } from '../../../client/program.ts';
import { parseTenantFile } from '../../../config/tenant-file.ts';
import { certificateEnd } from '../../../directory/sap/sign-in/client-certificate.ts';
import { flat, runCommand, silentSession, watcherWho } from '../run-command.ts';

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
const oktaFlags = [
  ...['--tenant', 'fabrikam', '--directory', 'okta', '--domain', 'fabrikam.okta.com'],
  ...['--client-id', '0oa1b2c3d4e5f6g7h8i9', '--account-id', '42', '--group', 'Timely Users', '--no-check'],
];
const sapFlags = [
  ...['--tenant', 'fabrikam', '--directory', 'sap', '--host', 'fabrikam.accounts.ondemand.com'],
  ...['--account-id', '42', '--group', 'Timely Users', '--no-check'],
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
      expect(Object.keys(tenant.source.credential ?? {})).toEqual([credential]);
    },
  );

  test('writes a tenant file for Okta, and prints what creates the service app with least rights', async () => {
    const file = fileAt('okta.yaml');
    const { exitCode, out, err } = await runCommand(['init', file, ...oktaFlags, '--key-id', 'K1']);
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    expect(out).toContain('okta.users.read", "okta.groups.read", "okta.logs.read", "okta.roles.read"]');
    expect(out).toContain('READ_ONLY_ADMIN');
    expect(out).not.toContain('.manage');
    expect(flat(out)).toContain(
      'where the worker reads it (docs/operating.md names the folders that it may be in): # /run/secrets/fabrikam/okta.pem',
    );
    expect(parseTenantFile(await readFile(file, 'utf8'), file)).toMatchObject({
      source: {
        type: 'okta',
        domain: 'fabrikam.okta.com',
        clientId: '0oa1b2c3d4e5f6g7h8i9',
        credential: { privateKey: 'file:/run/secrets/fabrikam/okta.pem' },
        keyId: 'K1',
      },
      safety: { sensitive: { directoryRoles: true } },
    });
  });

  test('prints a key for Okta whose public half is a JWK', async () => {
    const { out } = await runCommand(['init', fileAt('key.yaml'), ...oktaFlags, '--json']);
    const [make, publish] = JSON.parse(out).registration;
    execFileSync('sh', ['-c', `${make} 2>/dev/null && ${publish}`], { cwd: folder });
    const jwk = JSON.parse(await readFile(fileAt('fabrikam-okta.jwk.json'), 'utf8'));
    expect(jwk).toEqual({
      kty: 'EC',
      crv: 'P-256',
      x: expect.any(String),
      y: expect.any(String),
      kid: 'K1',
      use: 'sig',
    });
  });

  test('writes a tenant file for an API token of Okta', async () => {
    const file = fileAt('token.yaml');
    const flagsOfToken = [...oktaFlags, '--credential', 'apiToken'];
    expect(await runCommand(['init', file, ...flagsOfToken])).toMatchObject({ exitCode: 0, err: '' });
    const { source } = parseTenantFile(await readFile(file, 'utf8'), file);
    expect(source).toMatchObject({ credential: { apiToken: 'env:TENANT_FABRIKAM_OKTA_TOKEN' } });
  });

  test('writes a tenant file for SAP, and prints what creates the system with least rights', async () => {
    const file = fileAt('sap.yaml');
    const { exitCode, out, err } = await runCommand(['init', file, ...sapFlags]);
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    expect(out).toContain('https://fabrikam.accounts.ondemand.com/admin');
    expect(out).toContain('"Read Users" and "Manage Groups", and no other');
    expect(out).toContain('# /run/secrets/fabrikam/sap.pem');
    const text = await readFile(file, 'utf8');
    expect(text).toContain('# groups: [Directory Administrators]');
    expect(parseTenantFile(text, file)).toMatchObject({
      source: {
        type: 'sap',
        host: 'fabrikam.accounts.ondemand.com',
        credential: { certificate: 'file:/run/secrets/fabrikam/sap.pem' },
        requestsPerMinute: 120,
      },
      safety: { sensitive: { directoryRoles: false } },
    });
  });

  test('prints what turns the .p12 file of SAP into a PEM with which the sync signs in', async () => {
    const { out } = await runCommand(['init', fileAt('pem.yaml'), ...sapFlags, '--json']);
    const registration: string[] = JSON.parse(out).registration;
    const sh = (script: string) => execFileSync('sh', ['-c', script], { cwd: folder, stdio: 'pipe' });
    sh(
      'openssl req -x509 -newkey rsa:2048 -nodes -days 9 -subj /CN=system -keyout made.key -out made.crt && openssl pkcs12 -export -inkey made.key -in made.crt -passout pass:shown-once -out fabrikam-sap.p12',
    );
    const [toPem = '', ...others] = registration.filter((line) => line.includes('openssl pkcs12'));
    expect(others).toEqual([]);
    sh(toPem.replace('-nodes', '-nodes -passin pass:shown-once'));
    const pem = await readFile(fileAt('fabrikam-sap.pem'), 'utf8');
    expect(certificateEnd(pem).getTime()).toBeGreaterThan(Date.now());
    expect((await stat(fileAt('fabrikam-sap.pem'))).mode & 0o077).toBe(0);
  });

  test('writes a tenant file for client id and secret of SAP', async () => {
    const file = fileAt('sap-secret.yaml');
    const flagsOfSecret = [...sapFlags, '--credential', 'secret'];
    expect((await runCommand(['init', file, ...flagsOfSecret])).err).toContain('are missing: --client-id.');
    const { exitCode, out } = await runCommand(['init', file, ...flagsOfSecret, '--client-id', id]);
    expect(exitCode).toBe(0);
    expect(out).toContain('export TENANT_FABRIKAM_SAP_SECRET=');
    const { source } = parseTenantFile(await readFile(file, 'utf8'), file);
    expect(source).toMatchObject({ clientId: id, credential: { secret: 'env:TENANT_FABRIKAM_SAP_SECRET' } });
  });

  test('takes the answers out of pasted addresses of pages', async () => {
    const portal = `https://entra.microsoft.com/#view/Microsoft_AAD_IAM/TenantOverview.ReactView/tenantId/${id}`;
    const app = `https://portal.azure.com/#view/Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/~/Overview/appId/${id}/isMSAApp~/false`;
    const entra = fileAt('pasted-entra.yaml');
    const ofEntra = ['--directory-id', portal, '--client-id', app];
    const account = ['--account-id', 'https://app.timelyapp.com/42/calendar/day'];
    await runCommand(['init', entra, ...flags, ...ofEntra, ...account]);
    expect(parseTenantFile(await readFile(entra, 'utf8'), entra)).toMatchObject({
      source: { tenantId: id, clientId: id },
      target: { accountId: 42 },
    });
    const okta = fileAt('pasted-okta.yaml');
    const console = 'https://fabrikam-admin.okta.com/admin/apps/active';
    await runCommand(['init', okta, ...oktaFlags, '--domain', console]);
    const { source } = parseTenantFile(await readFile(okta, 'utf8'), okta);
    expect(source).toMatchObject({ domain: 'fabrikam.okta.com' });
    const sap = fileAt('pasted-sap.yaml');
    await runCommand(['init', sap, ...sapFlags, '--host', 'https://fabrikam.accounts.ondemand.com/admin/']);
    expect(parseTenantFile(await readFile(sap, 'utf8'), sap).source).toMatchObject({
      host: 'fabrikam.accounts.ondemand.com',
    });
  });

  test('needs a worker for the id behind a domain of Entra ID', async () => {
    const asked = ['init', fileAt('domain.yaml'), ...flags, '--directory-id', 'fabrikam.onmicrosoft.com'];
    const { exitCode, err } = await runCommand(asked);
    expect(exitCode).toBe(2);
    expect(err).toContain('start one (`timely-sync up`) and answer again, or give its id, a GUID');
  });

  test('prints the command with all answers when it ends before it has a file', async () => {
    const file = fileAt('my lost.yaml');
    const typed = ['fabrikam', '', '', 'fabrikam.onmicrosoft.com', id, '42'];
    const said: string[] = [];
    const session = {
      ...silentSession(),
      columns: 80,
      watcher: watcherWho(true),
      readLine: async () => typed.shift() ?? null,
      err: (text: string) => void said.push(text),
    };
    const given = [file, '--no-check', '--paste', '--role', 'team lead', '--shell', 'bash'];
    expect(await run(['init', ...given], session)).toBe(2);
    const command = /^ {2}timely-sync init [\s\S]*?[^\\]$/m.exec(said.join(''))?.[0] ?? '';
    expect(command.split('\n').filter((line) => line.length > 80)).toEqual([]);
    const pasted = execFileSync('sh', ['-c', command.replace('timely-sync', "printf '<%s>'")]);
    expect(pasted.toString()).toBe(
      `<init><${file}><--tenant><fabrikam><--directory><entra><--credential><secret>` +
        `<--directory-id><fabrikam.onmicrosoft.com><--client-id><${id}><--account-id><42>` +
        '<--role><team lead><--shell><bash><--paste><--no-check>',
    );
    // A shell remembers what was typed as options.
    const { err: whole } = await runCommand([
      ...['init', file, ...flags],
      '--directory-id',
      'fabrikam.onmicrosoft.com',
    ]);
    expect(whole).not.toContain('with your answers');
  });

  test('lets only the owner read the key that belongs to a certificate of Entra ID', async () => {
    const asked = [
      'init',
      fileAt('mode.yaml'),
      ...flags,
      '--credential',
      'certificate',
      '--shell',
      'bash',
      '--json',
    ];
    const registration: string[] = JSON.parse((await runCommand(asked)).out).registration;
    const join = registration.find((line) => line.includes('fabrikam.pem')) ?? '';
    execFileSync('sh', ['-c', `umask 022; touch certificate.pem key.pem; ${join}`], { cwd: folder });
    expect((await stat(fileAt('fabrikam.pem'))).mode & 0o077).toBe(0);
  });

  test.each([
    ['entra', flags, '$env:TENANT_FABRIKAM_ENTRA_SECRET = (az ad app credential reset'],
    ['okta', oktaFlags, "@'\nterraform {"],
    ['sap', sapFlags, 'icacls fabrikam-sap.pem'],
  ])('prints the registration for PowerShell (%s)', async (name, given, line) => {
    const asked = ['init', fileAt(`powershell-${name}.yaml`), ...given, '--shell', 'powershell', '--json'];
    const registration: string[] = JSON.parse((await runCommand(asked)).out).registration;
    expect(registration.join('\n')).toContain(line);
    expect(registration.join('\n')).not.toMatch(/\bexport |&&|<<|\$\(az/);
  });

  test('writes addresses and references that are given in place of the usual ones', async () => {
    const file = fileAt('extras.yaml');
    const extras = [
      '--login',
      'env:LOGIN',
      '--graph',
      'env:GRAPH',
      '--timely-endpoint',
      'https://timely.example',
    ];
    const references = ['--secret', 'env:OTHER_SECRET', '--initial-refresh-token', 'env:FIRST'];
    await runCommand(['init', file, ...flags, ...extras, ...references, '--teams', 'departments']);
    expect(parseTenantFile(await readFile(file, 'utf8'), file)).toMatchObject({
      source: {
        credential: { secret: 'env:OTHER_SECRET' },
        endpoints: { login: 'env:LOGIN', graph: 'env:GRAPH' },
      },
      target: { endpoint: 'https://timely.example', initialRefreshToken: 'env:FIRST' },
      teams: [{ fromDepartment: '*' }],
    });
    const half = await runCommand(['init', fileAt('half.yaml'), ...flags, '--login', 'env:LOGIN']);
    expect(half).toMatchObject({ exitCode: 2, err: expect.stringContaining('belong together') });
  });

  test('prints one document with --json', async () => {
    const { exitCode, out } = await runCommand(['init', fileAt('document.yaml'), ...flags, '--json']);
    expect(exitCode).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      tenant: 'fabrikam',
      look: null,
      check: null,
      preview: null,
    });
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
    ['--directory', 'ldap'],
  ])('refuses %s %s with 2', async (flag, value) => {
    const { exitCode, err } = await runCommand(['init', fileAt('wrong.yaml'), ...flags, flag, value]);
    expect(exitCode).toBe(2);
    expect(err).toContain(flag);
  });

  test.each([
    ['--domain', 'fabrikam'],
    ['--credential', 'secret'],
  ])('refuses %s %s for Okta with 2', async (flag, value) => {
    const { exitCode, err } = await runCommand(['init', fileAt('wrong.yaml'), ...oktaFlags, flag, value]);
    expect(exitCode).toBe(2);
    expect(err).toContain(flag);
  });

  test.each([
    ['--host', 'two words.example'],
    ['--credential', 'apiToken'],
  ])('refuses %s %s for SAP with 2', async (flag, value) => {
    const { exitCode, err } = await runCommand(['init', fileAt('wrong.yaml'), ...sapFlags, flag, value]);
    expect(exitCode).toBe(2);
    expect(err).toContain(flag);
  });

  test('proposes the directory that the Azure CLI is signed in to', async () => {
    const before = process.env.PATH;
    await writeFile(
      fileAt('az'),
      `#!/bin/sh\n[ "$*" = "account show --query tenantId --output tsv" ] && echo ${id}\n`,
    );
    await chmod(fileAt('az'), 0o755);
    process.env.PATH = `${folder}:${before}`;
    try {
      const file = fileAt('suggested.yaml');
      const given = flags.filter(
        (each, at) => each !== '--directory-id' && flags[at - 1] !== '--directory-id',
      );
      const asked: string[] = [];
      const readLine = async (question: string) => {
        asked.push(question);
        return '';
      };
      const session = { ...silentSession(), readLine, watcher: watcherWho(true) };
      expect(await run(['init', file, ...given, '--role', 'employee'], session)).toBe(0);
      expect(asked.at(-1)).toContain(`the address of its page [${id}]`);
      expect(parseTenantFile(await readFile(file, 'utf8'), file).source).toMatchObject({ tenantId: id });
    } finally {
      process.env.PATH = before;
    }
  });

  test('asks on a terminal, once more after an answer that makes no sense', async () => {
    const file = fileAt('asked.yaml');
    const typed = ['fabrikam', '', '', 'not a GUID', id, id, '42', 'Timely Users', 'manager'];
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
      rows: null,
      exitCode: 0,
    });
    expect(exitCode).toBe(0);
    expect(written.err).toContain('It is a GUID');
    expect(parseTenantFile(await readFile(file, 'utf8'), file).roles.default).toBe('manager');
    // The application has to be registered before its id can be typed.
    expect(written.out.indexOf('az ad app create')).toBeLessThan(written.out.indexOf('is written'));
  });
});
