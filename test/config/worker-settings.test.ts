import { describe, expect, test } from '@jest/globals';
import { environmentVariables } from '../../config/environment-variables.ts';
import { workerSettings } from '../../config/worker-settings.ts';
import { defaultTaskQueue } from '../../workflows/messages.ts';

const key = Buffer.alloc(32, 7);
const needed = {
  DATABASE_URL: 'postgres://sync@db/sync?sslmode=disable',
  TIMELY_SYNC_KEY: key.toString('base64'),
};

describe("the worker's environment", () => {
  test('takes defaults for what is absent or empty', () => {
    const expected = {
      databaseUrl: 'postgres://sync@db/sync?sslmode=disable',
      encryptionKey: key,
      previousKeys: [],
      taskQueue: defaultTaskQueue,
      buildId: null,
      payloadKeys: [],
      listeners: { host: '127.0.0.1', healthPort: 8080, receiverPort: null, codec: null },
      console: null,
      publicUrl: null,
      trustsTemporal: false,
      uiUrl: null,
      mailServer: null,
      setUp: { startsPaused: true, endpoints: {} },
      logLevel: 'info',
      policy: expect.objectContaining({ sharedReferences: [], allowedHosts: [], webhookHosts: null }),
    };
    expect(workerSettings(needed)).toEqual(expected);
    expect(workerSettings({ ...needed, TIMELY_SYNC_LOG_LEVEL: '', TIMELY_SYNC_HEALTH_PORT: '' })).toEqual(
      expected,
    );
  });

  test('accepts port 0 for a free port', () => {
    expect(workerSettings({ ...needed, TIMELY_SYNC_HEALTH_PORT: '0' }).listeners.healthPort).toBe(0);
  });

  test('requires https for the public address, except on this machine', () => {
    const publicUrl = (address: string) =>
      workerSettings({ ...needed, TIMELY_SYNC_PUBLIC_URL: address }).publicUrl;
    for (const address of ['https://sync.contoso.example/hook', 'http://127.0.0.1:8080/notifications'])
      expect(publicUrl(address)).toBe(address);
    for (const address of ['http://sync.contoso.example/', 'sync.contoso.example', 'ftp://127.0.0.1/'])
      expect(() => publicUrl(address)).toThrow('TIMELY_SYNC_PUBLIC_URL: must be an https address');
  });

  test('the console is at an https address without a path, or on this machine', () => {
    const console = (address: string) =>
      workerSettings({ ...needed, TIMELY_SYNC_CONSOLE_URL: address }).console;
    const settings = { port: 8_090, operators: null };
    expect(console('https://sync.contoso.example/')).toEqual({
      url: 'https://sync.contoso.example',
      ...settings,
    });
    expect(console('http://localhost:8090')).toEqual({ url: 'http://localhost:8090', ...settings });
    for (const address of [
      'http://sync.contoso.example',
      'https://sync.contoso.example/console',
      'https://sync.contoso.example/?a=b',
      'https://user:password@sync.contoso.example',
      'sync.contoso.example',
    ])
      expect(() => console(address)).toThrow('TIMELY_SYNC_CONSOLE_URL: must be an https address');
  });

  test('operators of the console are named whole or not at all', () => {
    const operators = {
      TIMELY_SYNC_CONSOLE_OPERATORS: 'ada@host.example, bo@host.example',
      TIMELY_SYNC_CONSOLE_OPERATORS_ISSUER: 'https://sign-in.host.example',
      TIMELY_SYNC_CONSOLE_OPERATORS_CLIENT_ID: 'console',
      TIMELY_SYNC_CONSOLE_OPERATORS_CLIENT_SECRET: 'hunter2',
    };
    const url = { TIMELY_SYNC_CONSOLE_URL: 'https://sync.contoso.example' };
    expect(workerSettings({ ...needed, ...url, ...operators }).console?.operators).toEqual({
      addresses: ['ada@host.example', 'bo@host.example'],
      issuer: 'https://sign-in.host.example',
      clientId: 'console',
      clientSecret: 'hunter2',
    });
    for (const missing of Object.keys(operators))
      expect(() => workerSettings({ ...needed, ...url, ...operators, [missing]: '' })).toThrow(
        `${missing}: is missing`,
      );
    const wrong = { ...operators, TIMELY_SYNC_CONSOLE_OPERATORS_ISSUER: 'http://sign-in.host.example' };
    expect(() => workerSettings({ ...needed, ...url, ...wrong })).toThrow(/^(?!.*hunter2).*ISSUER/s);
  });

  test('requires server and sender for e-mail, and its errors do not contain the password', () => {
    const mail = (url: string, from: string) =>
      workerSettings({ ...needed, TIMELY_SYNC_SMTP_URL: url, TIMELY_SYNC_SMTP_FROM: from }).mailServer;
    const [url, from] = [
      'smtps://sync:hunter2@mail.contoso.example:465',
      'Timely sync <sync@contoso.example>',
    ];
    expect(mail(url, from)).toEqual({ url, from });
    expect(() => mail(url, '')).toThrow('TIMELY_SYNC_SMTP_FROM: belongs together with TIMELY_SYNC_SMTP_URL');
    expect(() => mail('', from)).toThrow('set both or neither');
    expect(() => mail('https://sync:hunter2@mail', from)).toThrow(/^(?!.*hunter2).*SMTP_URL: must be smtp:/s);
    expect(() => mail(url, 'sync')).toThrow('TIMELY_SYNC_SMTP_FROM: must be an e-mail address');
  });

  test('requires the application of Entra ID and its certificate together', () => {
    const application = (given: Record<string, string>) =>
      workerSettings({ ...needed, ...given }).policy.entraApplication;
    const [clientId, directoryId] = [
      '99999999-AAAA-bbbb-cccc-ddddeeeeffff',
      '8F0C2A4E-1111-2222-3333-444455556666',
    ];
    const id = { TIMELY_SYNC_ENTRA_APPLICATION_ID: clientId };
    const pem = { TIMELY_SYNC_ENTRA_APPLICATION_CERTIFICATE: 'file:/run/secrets/own.pem' };
    const directories = (list: string) => ({ TIMELY_SYNC_ENTRA_APPLICATION_DIRECTORIES: list });
    expect(application({ ...id, ...pem, ...directories(`${directoryId}@contoso`) })).toEqual({
      clientId,
      certificate: 'file:/run/secrets/own.pem',
      directories: [{ directoryId: directoryId.toLowerCase(), tenant: 'contoso' }],
    });
    expect(application({})).toBeNull();
    for (const half of [id, pem]) expect(() => application(half)).toThrow('set both or neither');
    for (const list of [directoryId, `${directoryId}@Contoso`, 'contoso.example@contoso'])
      expect(() => application(directories(list))).toThrow('DIRECTORIES: must be directory (tenant) ids');
    expect(() => application({ ...id, TIMELY_SYNC_ENTRA_APPLICATION_CERTIFICATE: '/a.pem' })).toThrow(
      'must be a reference',
    );
  });

  test('takes how a tenant of the set-up begins, and other addresses of services', () => {
    const setUp = (given: Record<string, string>) => workerSettings({ ...needed, ...given }).setUp;
    expect(setUp({ TIMELY_SYNC_CONSOLE_START: 'running' }).startsPaused).toBe(false);
    expect(() => setUp({ TIMELY_SYNC_CONSOLE_START: 'now' })).toThrow('must be paused | running');
    const endpoints = (list: string) => setUp({ TIMELY_SYNC_CONSOLE_ENDPOINTS: list }).endpoints;
    const [login, graph, timely] = ['https://localhost:1', 'https://localhost:2', 'https://localhost:3/a=b'];
    expect(endpoints(`login=${login}, graph=${graph},timely=${timely}`)).toEqual({ login, graph, timely });
    for (const list of [`login=${login}`, 'okta=http://localhost:1', `azure=${login}`, 'https://localhost:1'])
      expect(() => endpoints(list)).toThrow('must be addresses by service');
  });

  test("drops the last slash of the address of Temporal's UI", () => {
    const uiUrl = (address: string) => workerSettings({ ...needed, TIMELY_SYNC_UI_URL: address }).uiUrl;
    expect(uiUrl('http://localhost:8233/')).toBe('http://localhost:8233');
    expect(() => uiUrl('localhost:8233')).toThrow('TIMELY_SYNC_UI_URL: must be an address');
  });

  test('reports all problems at once, without the values', () => {
    const env = {
      DATABASE_URL: 'mysql://hunter2',
      TIMELY_SYNC_KEY: 'hunter2',
      TIMELY_SYNC_HEALTH_PORT: '70000',
      TIMELY_SYNC_LOG_LEVEL: 'loud',
    };
    expect(() => workerSettings(env)).toThrow(/^(?!.*hunter2)/s);
    for (const name of Object.keys(env)) expect(() => workerSettings(env)).toThrow(`${name}: must be`);
  });

  test('explains a missing key', () => {
    expect(() => workerSettings({})).toThrow('TIMELY_SYNC_KEY: is missing: 32 random bytes in base64');
  });

  test('lists each variable once, with a sentence', () => {
    const names = environmentVariables.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { meaning } of environmentVariables) expect(meaning).toMatch(/\.$/);
  });
});
