import { parse } from 'yaml';
import { z } from 'zod';
import { projectFile } from './files.ts';

const service = z.object({
  image: z.string(),
  build: z.string().optional(),
  environment: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
  env_file: z.array(z.object({ path: z.string() })).default([]),
  profiles: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  secrets: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  deploy: z.object({ replicas: z.number() }).optional(),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
  restart: z.string(),
  read_only: z.boolean().default(false),
  tmpfs: z.array(z.string()).default([]),
  cap_drop: z.array(z.string()).default([]),
  security_opt: z.array(z.string()).default([]),
});
export type ComposeService = z.infer<typeof service>;

const compose = z.object({
  services: z.record(z.string(), service),
  volumes: z.record(z.string(), z.null()),
  secrets: z.record(z.string(), z.object({ file: z.string() })),
});

export const composeText = projectFile('docker-compose.yml');
export const { services, volumes, secrets } = compose.parse(parse(composeText));
/** docker-compose.cloud.yml: without a Temporal server. */
export const cloud = compose.parse(parse(projectFile('docker-compose.cloud.yml')));

/** Returns a service of docker-compose.yml. */
export function serviceNamed(name: string): ComposeService {
  const found = services[name];
  if (found === undefined) throw new Error(`docker-compose.yml has no service ${name}`);
  return found;
}

/** Variables that docker-compose.yml takes from .env, with their defaults. Null: compose refuses to start without. */
export const interpolated = new Map(
  [...composeText.matchAll(/(?<!\$)\$\{(\w+)(?::([-?])([^}]*))?\}/g)].map(
    ([, name = '', operator, text = '']) => [name, operator === '-' ? text : null],
  ),
);

/** Variables of .env.example: the value, and whether the line is commented out. */
export const exampleVariables = new Map(
  [...projectFile('.env.example').matchAll(/^(# )?([A-Z][A-Z0-9_]*)=(.*)$/gm)].map(
    ([, mark, name = '', value = '']) => [name, { value, given: mark === undefined }],
  ),
);
