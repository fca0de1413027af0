import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { execaSync } from 'execa';
import { searchAttributesForCli } from '../../workflows/messages.ts';
import { project } from './files.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'deploy-'));
  writeFileSync(join(folder, 'calls'), '');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Puts a program on the PATH that records its arguments and then runs `body`. */
function standIn(name: string, body = ''): void {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\necho "$*" >>"${folder}/calls"\n${body}\n`);
  chmodSync(file, 0o755);
}

function runScript(
  name: string,
  env: Record<string, string>,
): { status: number | undefined; calls: string[]; errors: string } {
  const { exitCode, stderr } = execaSync('/bin/sh', [join(project, 'deploy', name)], {
    env: { PATH: `${folder}${delimiter}${process.env.PATH}`, ...env },
    extendEnv: false,
    reject: false,
  });
  const calls = readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n');
  return { status: exitCode, calls, errors: stderr };
}

describe('the digests of images', () => {
  const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
  const text = (name: string) => readFileSync(join(folder, name), 'utf8');
  const images = () =>
    [
      ...`${text('docker-compose.yml')}${text('docker-compose.cloud.yml')}${text('Dockerfile')}`.matchAll(
        /^(?: *image:|FROM) (\S+)/gm,
      ),
    ].map(([, image = '']) => image);
  /** Runs the script in a copy of the project's files. */
  function pin() {
    const script = join(folder, 'deploy', 'pin-images.sh');
    mkdirSync(dirname(script), { recursive: true });
    cpSync(join(project, 'deploy', 'pin-images.sh'), script);
    const env = { PATH: `${folder}${delimiter}${process.env.PATH}` };
    return execaSync('/bin/sh', [script], { env, extendEnv: false, reject: false });
  }
  beforeEach(() => {
    for (const name of ['docker-compose.yml', 'docker-compose.cloud.yml', 'Dockerfile'])
      cpSync(join(project, name), join(folder, name));
  });

  test('pin every foreign image, and are replaced by newer ones', () => {
    const before = images();
    for (const letter of ['a', 'b']) {
      standIn('docker', `echo ${digest(letter)}`);
      expect(pin().exitCode).toBe(0);
      expect(images()).toEqual(
        before.map((image) => (image.includes(':') ? `${image}@${digest(letter)}` : image)),
      );
    }
    expect(readdirSync(folder).sort()).toEqual([
      'Dockerfile',
      'calls',
      'deploy',
      'docker',
      'docker-compose.cloud.yml',
      'docker-compose.yml',
    ]);
  });

  test('end with an error when Docker gives none', () => {
    standIn('docker', 'echo unknown');
    expect(pin()).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('no digest for') });
    expect(text('docker-compose.yml')).not.toContain('@sha256');
  });
});

describe("Temporal's schema", () => {
  const env = { POSTGRES_HOST: 'database', POSTGRES_USER: 'temporal', SQL_PASSWORD: 'x' };

  test('creates both databases, sets them up and updates them to the image, in this order', () => {
    standIn('temporal-sql-tool');
    const { status, calls } = runScript('temporal-schema.sh', env);
    expect(status).toBe(0);
    expect(calls.map((call) => call.replace(/^.*--db /, ''))).toEqual([
      'temporal create',
      'temporal setup-schema -v 0.0',
      'temporal update-schema -d /etc/temporal/schema/postgresql/v12/temporal/versioned',
      'temporal_visibility create',
      'temporal_visibility setup-schema -v 0.0',
      'temporal_visibility update-schema -d /etc/temporal/schema/postgresql/v12/visibility/versioned',
    ]);
  });

  test('fails when a step fails', () => {
    standIn('temporal-sql-tool', 'case "$*" in *setup-schema*) exit 1;; esac');
    const { status, calls } = runScript('temporal-schema.sh', env);
    expect(status).not.toBe(0);
    expect(calls).toHaveLength(2);
  });

  test('names a missing setting', () => {
    expect(runScript('temporal-schema.sh', { ...env, SQL_PASSWORD: '' }).errors).toContain('SQL_PASSWORD');
  });
});

describe("Temporal's namespace", () => {
  const env = {
    TEMPORAL_ADDRESS: 'temporal:7233',
    TEMPORAL_NAMESPACE: 'sync',
    TEMPORAL_RETENTION: '7d',
    PAUSE_SECONDS: '0',
  };
  const describes = 'operator namespace describe --namespace sync';
  const creates = 'operator namespace create --namespace sync --retention 7d';
  const attributes = [
    'operator search-attribute create --namespace sync',
    ...searchAttributesForCli.map(({ name, type }) => `--name ${name} --type ${type}`),
  ].join(' ');

  test('keeps an existing namespace and adds its search attributes', () => {
    standIn('temporal');
    expect(runScript('temporal-namespace.sh', env)).toMatchObject({
      status: 0,
      calls: ['operator cluster health', describes, attributes],
    });
  });

  test('retries failing steps until they succeed', () => {
    standIn(
      'temporal',
      `case "$*" in *describe*) exit 1;; esac\n[ "$(grep -cxF "$*" "${folder}/calls")" -ge 3 ]`,
    );
    expect(runScript('temporal-namespace.sh', env)).toMatchObject({
      status: 0,
      calls: [
        ...Array<string>(3).fill('operator cluster health'),
        ...Array<string[]>(3).fill([describes, creates]).flat(),
        ...Array<string>(3).fill(attributes),
      ],
    });
  });

  test('fails when the server never responds', () => {
    standIn('temporal', 'exit 1');
    const { status, errors, calls } = runScript('temporal-namespace.sh', { ...env, ATTEMPTS: '4' });
    expect(status).not.toBe(0);
    expect(calls).toHaveLength(4);
    expect(errors).toContain('Gave up after 4 attempts: temporal operator cluster health');
  });
});
