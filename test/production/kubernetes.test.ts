/** deploy/kubernetes: each object fits the schema of Kubernetes 1.32's API, and what the worker needs is there. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { execaSync } from 'execa';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { Ingress } from 'kubernetes-models/networking.k8s.io/v1/Ingress';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { Namespace } from 'kubernetes-models/v1/Namespace';
import { Service } from 'kubernetes-models/v1/Service';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { environmentVariables } from '../../config/environment-variables.ts';
import { project, projectFile } from './files.ts';

const folder = join('deploy', 'kubernetes');
const schemas = { Deployment, Ingress, NetworkPolicy, PodDisruptionBudget, ConfigMap, Namespace, Service };

const object = z.looseObject({
  apiVersion: z.string(),
  kind: z.enum(Object.keys(schemas) as [keyof typeof schemas]),
  metadata: z.looseObject({ name: z.string() }),
});

const objectsOf = (text: string) => parseAllDocuments(text).map((document) => object.parse(document.toJS()));

/** What is wrong with an object by the schema of its kind; null: nothing. */
function problemOf(given: z.output<typeof object>): string | null {
  try {
    new schemas[given.kind](structuredClone(given) as never).validate();
    return null;
  } catch (error) {
    return `${given.kind} ${given.metadata.name}: ${String(error)}`;
  }
}

const kustomization = (name: string) =>
  z
    .object({
      resources: z.array(z.string()),
      configMapGenerator: z.array(z.object({ name: z.string(), literals: z.array(z.string()) })),
    })
    .parse(parse(projectFile(folder, name, 'kustomization.yaml')));

const base = kustomization('base');
const objects = base.resources.flatMap((file) => objectsOf(projectFile(folder, 'base', file)));

const container = z.looseObject({
  image: z.string(),
  envFrom: z.array(z.record(z.string(), z.object({ name: z.string(), optional: z.boolean().optional() }))),
  env: z.array(z.looseObject({ name: z.string(), value: z.string().optional() })),
  ports: z.array(z.object({ name: z.string(), containerPort: z.number() })).default([]),
  readinessProbe: z.object({ httpGet: z.object({ path: z.string(), port: z.string() }) }).optional(),
  livenessProbe: z.unknown().optional(),
  securityContext: z.record(z.string(), z.unknown()),
});
const deployment = z.looseObject({
  spec: z.looseObject({
    replicas: z.number(),
    template: z.looseObject({
      spec: z.looseObject({
        automountServiceAccountToken: z.boolean(),
        securityContext: z.record(z.string(), z.unknown()),
        containers: z.tuple([container]),
      }),
    }),
  }),
});
const deploymentNamed = (name: string) =>
  deployment.parse(objects.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === name));
const containerOf = (name: string) => deploymentNamed(name).spec.template.spec.containers[0];

describe('deploy/kubernetes/base', () => {
  test('has objects that fit the schemas of Kubernetes', () => {
    expect(objects.map(({ kind }) => kind).sort()).toEqual([
      'Deployment',
      'Deployment',
      'Ingress',
      'Ingress',
      'Namespace',
      'NetworkPolicy',
      'NetworkPolicy',
      'NetworkPolicy',
      'PodDisruptionBudget',
      'Service',
      'Service',
    ]);
    expect(objects.map(problemOf).filter((problem) => problem !== null)).toEqual([]);
  });

  test('is checked by schemas that refuse a wrong field', () => {
    const worker = structuredClone(deploymentNamed('worker'));
    expect(problemOf(object.parse({ ...worker, spec: { ...worker.spec, replicas: 'two' } }))).toContain(
      'replicas',
    );
  });

  test('lists every file of its folder', () => {
    const files = readdirSync(join(project, folder, 'base')).filter((name) => name !== 'kustomization.yaml');
    expect([...base.resources].sort()).toEqual(files.sort());
  });

  test('runs two workers that are ready when /readyz says so, and that no failed check ends', () => {
    expect(deploymentNamed('worker').spec.replicas).toBe(2);
    const { readinessProbe, livenessProbe, ports } = containerOf('worker');
    expect(readinessProbe?.httpGet).toEqual({ path: '/readyz', port: 'health' });
    expect(livenessProbe).toBeUndefined();
    expect(ports).toEqual([
      { name: 'health', containerPort: 8080 },
      { name: 'receiver', containerPort: 8081 },
      { name: 'console', containerPort: 8090 },
    ]);
  });

  test.each(['worker', 'commands'])('%s writes only to /tmp, without capabilities or a token', (name) => {
    const { automountServiceAccountToken, securityContext } = deploymentNamed(name).spec.template.spec;
    expect(automountServiceAccountToken).toBe(false);
    expect(securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000 });
    expect(containerOf(name).securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  });

  test('gives commands none of the secrets but the key of what Temporal keeps', () => {
    expect(containerOf('commands').envFrom).toEqual([{ configMapRef: { name: 'timely-sync' } }]);
    expect(containerOf('commands').env.map(({ name }) => name)).toEqual(['TIMELY_SYNC_PAYLOAD_KEY']);
  });

  test('sets only variables that the worker reads', () => {
    const known = environmentVariables.map(({ name }) => name);
    const literals = ['base', 'temporal-cloud'].flatMap((name) =>
      kustomization(name).configMapGenerator.flatMap((map) => map.literals),
    );
    const set = [
      ...literals.map((line) => line.split('=')[0] ?? ''),
      ...containerOf('worker').env.map(({ name }) => name),
    ];
    expect(set.filter((name) => !known.includes(name))).toEqual([]);
    expect(literals.join()).not.toMatch(/KEY|PASSWORD|SECRET/);
  });
});

/** The page of Kubernetes shows how the secrets are made; their names are those of the objects. */
test('docs/kubernetes.md makes every secret and config map that the pods ask for', () => {
  const page = projectFile('docs', 'kubernetes.md');
  const texts = [...base.resources.map((file) => projectFile(folder, 'base', file))];
  const asked = texts.flatMap((text) =>
    [
      ...text.matchAll(
        /(?:secretRef|secretKeyRef|configMap|secretName)[^\n]*?((?:timely-sync|receiver|console)[\w-]*)/g,
      ),
    ].map(([, name]) => name),
  );
  expect(new Set(asked).size).toBeGreaterThan(4);
  for (const name of new Set([...asked, 'timely-sync-temporal']))
    expect(page).toMatch(new RegExp(`create (?:secret (?:generic|tls)|configmap) ${name} `));
});

const hasKubectl = execaSync('kubectl', ['version', '--client'], { reject: false }).exitCode === 0;

test.each(['base', 'temporal-cloud'])('kubectl builds %s into objects that fit the schemas', (name) => {
  // Without kubectl the files are checked above alone.
  if (!hasKubectl) return console.warn(`There is no kubectl here: ${name} is not built.`);
  const { stdout } = execaSync('kubectl', ['kustomize', join(project, folder, name)]);
  const built = objectsOf(stdout);
  expect(built).toHaveLength(objects.length + 1);
  expect(built.map(problemOf).filter((problem) => problem !== null)).toEqual([]);
  const cloud = name === 'temporal-cloud';
  expect(stdout.includes('api.temporal.io:7233')).toBe(cloud);
  expect(stdout.match(/name: timely-sync-temporal$/gm)?.length ?? 0).toBe(cloud ? 2 : 0);
});
