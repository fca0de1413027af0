import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { environmentVariables } from '../../config/environment-variables.ts';
import {
  cloud,
  exampleVariables,
  interpolated,
  secrets,
  serviceNamed,
  services,
  volumes,
} from './compose-file.ts';
import { project } from './files.ts';

const oneShot = ['temporal-schema', 'temporal-namespace', 'timely-sync'];
const secretName = /PASSWORD|PWD|KEY/;

describe('docker-compose.yml and .env.example', () => {
  test('passes every variable to the worker that it reads', () => {
    const read = environmentVariables.filter(({ readBy }) => readBy !== 'start').map(({ name }) => name);
    expect(Object.keys(serviceNamed('worker').environment).sort()).toEqual(read.sort());
  });

  test('commands run without the secrets of workers and tenants', () => {
    const read = environmentVariables.filter(({ readBy }) => readBy === 'worker and client');
    const { environment, env_file: files, profiles } = serviceNamed('timely-sync');
    expect(Object.keys(environment).sort()).toEqual(read.map(({ name }) => name).sort());
    expect([files, profiles]).toEqual([[], ['commands']]);
    expect(serviceNamed('worker').env_file.map(({ path }) => path)).toEqual(['tenants.env']);
  });

  test('.env.example lists exactly the variables that a worker reads or compose takes', () => {
    const read = environmentVariables.filter(({ readBy }) => readBy !== 'start').map(({ name }) => name);
    expect([...exampleVariables.keys()].sort()).toEqual(
      [...new Set([...read, ...interpolated.keys()])].sort(),
    );
  });

  test('.env.example leaves exactly the required variables empty', () => {
    const needed = [...interpolated].filter(([, fallback]) => fallback === null).map(([name]) => name);
    const required = [...exampleVariables].filter(([, { given }]) => given).map(([name]) => name);
    expect(required.sort()).toEqual(needed.sort());
    for (const name of needed) expect(exampleVariables.get(name)?.value).toBe('');
  });

  test('.env.example shows the same defaults as compose', () => {
    for (const [name, fallback] of interpolated) {
      if (fallback !== null) expect([name, exampleVariables.get(name)?.value]).toEqual([name, fallback]);
    }
  });

  test('no service has a default password or key', () => {
    const secrets = Object.values(services).flatMap(({ environment }) =>
      Object.entries(environment).filter(([name]) => secretName.test(name) || name === 'DATABASE_URL'),
    );
    expect(secrets.map(([name]) => name)).toEqual(
      expect.arrayContaining([
        'POSTGRES_PASSWORD',
        'POSTGRES_PWD',
        'SQL_PASSWORD',
        'TIMELY_SYNC_KEY',
        'DATABASE_URL',
      ]),
    );
    for (const [name, value] of secrets) {
      if (value !== null)
        expect([name, String(value)]).toEqual([name, expect.stringMatching(/\$\{\w+:\?.+\}/)]);
    }
  });
});

describe('docker-compose.yml', () => {
  test.each(['worker', 'timely-sync'])('%s writes only to /tmp and drops all capabilities', (name) => {
    expect(serviceNamed(name)).toMatchObject({
      read_only: true,
      tmpfs: ['/tmp'],
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    });
    for (const mount of serviceNamed(name).volumes) expect(mount).toMatch(/:ro$/);
  });

  test('two workers share the queue', () => {
    expect(serviceNamed('worker').deploy?.replicas).toBe(2);
    expect(serviceNamed('worker').ports).toEqual([]);
  });

  test('each lasting service has a health check and restarts', () => {
    for (const [name, { healthcheck, restart }] of Object.entries(services)) {
      if (oneShot.includes(name)) continue;
      expect([name, healthcheck?.test.length ?? 0]).not.toEqual([name, 0]);
      expect([name, restart]).toEqual([name, 'unless-stopped']);
    }
  });

  test("a worker's health check fails for an unready worker and for none", async () => {
    const [, ...command] = serviceNamed('worker').healthcheck?.test ?? [];
    const [program = '', ...options] = command.map((part) => part.replaceAll('$$', '$'));
    const healthCode = async (port: number) => {
      const env = { TIMELY_SYNC_HEALTH_PORT: String(port) };
      return (await execa(program, options, { env, stdio: 'ignore', reject: false })).exitCode;
    };
    let status = 200;
    const server = createServer((request, response) => {
      response.writeHead(request.url === '/readyz' ? status : 404).end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    expect(await healthCode(port)).toBe(0);
    status = 503;
    expect(await healthCode(port)).toBe(1);
    server.close();
    expect(await healthCode(port)).toBe(1);
  });

  test('services start in order: schema, server, namespace, workers', () => {
    const needs = (name: string) =>
      Object.fromEntries(
        Object.entries(serviceNamed(name).depends_on).map(([on, { condition }]) => [on, condition]),
      );
    expect(needs('temporal-schema')).toEqual({ 'temporal-database': 'service_healthy' });
    expect(needs('temporal')).toEqual({ 'temporal-schema': 'service_completed_successfully' });
    expect(needs('temporal-namespace')).toEqual({ temporal: 'service_healthy' });
    expect(needs('worker')).toEqual({
      'temporal-namespace': 'service_completed_successfully',
      'store-database': 'service_healthy',
    });
  });

  test('each foreign image has a version, and server and tools the same one', () => {
    const images = Object.values(services).filter(({ build }) => build === undefined);
    for (const { image } of images) expect(image).toMatch(/^[\w/-]+:\d+(\.\d+)*(@sha256:[0-9a-f]{64})?$/);
    const version = (name: string) => serviceNamed(name).image.split(/[:@]/)[1];
    expect(version('temporal-schema')).toBe(version('temporal'));
    expect(version('temporal-namespace')).toBe(version('temporal'));
  });

  test('published ports are reachable only from this machine', () => {
    const ports = Object.values(services).flatMap((service) => service.ports);
    expect(ports).toHaveLength(2);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  test('both databases keep their data in named volumes, and every mounted file exists', () => {
    const sources = Object.values(services).flatMap((service) =>
      service.volumes.map((mount) => mount.split(':')[0] ?? ''),
    );
    expect(sources.filter((source) => source in volumes).sort()).toEqual(Object.keys(volumes).sort());
    for (const source of sources.filter((path) => path.startsWith('./'))) {
      expect([source, existsSync(join(project, source))]).toEqual([source, true]);
    }
  });

  test('Temporal gets 512 shards, because the number is final', () => {
    expect(serviceNamed('temporal').environment.NUM_HISTORY_SHARDS).toBe(512);
  });
});

describe('docker-compose.cloud.yml', () => {
  test('has the store, the workers and the commands of docker-compose.yml, and no Temporal', () => {
    expect(Object.keys(cloud.services).sort()).toEqual(['store-database', 'timely-sync', 'worker']);
    for (const [name, { environment, depends_on: needs, ...service }] of Object.entries(cloud.services)) {
      const { environment: own, depends_on: ownNeeds, ...same } = serviceNamed(name);
      expect([name, service]).toEqual([name, same]);
      // Whose Temporal it is must be said; everything else is alike.
      const { TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, ...others } = environment;
      const { TEMPORAL_ADDRESS: _address, TEMPORAL_NAMESPACE: _namespace, ...ownOthers } = own;
      expect([name, others]).toEqual([name, ownOthers]);
      if (name !== 'store-database')
        for (const value of [TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE]) expect(value).toMatch(/^\$\{\w+:\?.+\}$/);
      expect(Object.keys(needs)).toEqual(Object.keys(ownNeeds).filter((on) => on === 'store-database'));
    }
    expect(cloud.secrets).toEqual(secrets);
    expect(Object.keys(cloud.volumes)).toEqual(['store-database']);
  });

  test('certificates reach workers and commands as files, and are empty where there are none', () => {
    for (const name of ['worker', 'timely-sync']) {
      expect([name, serviceNamed(name).secrets.toSorted()]).toEqual([name, Object.keys(secrets).sort()]);
    }
    for (const { file } of Object.values(secrets)) expect(file).toMatch(/^\$\{\w+:-\/dev\/null\}$/);
    const paths = [...exampleVariables].filter(([name]) => /^TEMPORAL_TLS_\w+_PATH$/.test(name));
    expect(paths.map(([, { value }]) => value.replace('/run/secrets/', '')).sort()).toEqual(
      Object.keys(secrets).sort(),
    );
  });
});
