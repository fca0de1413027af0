import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { execa } from 'execa';
import { parse } from 'yaml';
import { matchingSettings } from '../../client/local/temporal.ts';
import { searchAttributesForCli } from '../../workflows/messages.ts';
import { serviceNamed } from './compose-file.ts';
import { project, projectFile } from './files.ts';

const [, fetchedVersion = ''] =
  /fetchedVersion = '([\d.]+)'/.exec(projectFile('setup', 'temporal', 'temporal-sources.mjs')) ?? [];
const tagOf = (name: string) => serviceNamed(name).image.split(/[:@]/)[1] ?? '';

test("compose has the versions that the CLI's server has, which every test runs on", async () => {
  const cli = join(project, '.cache', 'temporal', `temporal-${fetchedVersion}`);
  const said = existsSync(cli)
    ? (await execa(cli, ['--version'])).stdout
    : `temporal version ${fetchedVersion} (Server 1.32.0, UI 2.54.1)`;
  expect(said).toBe(
    `temporal version ${fetchedVersion} (Server ${tagOf('temporal')}, UI ${tagOf('temporal-ui')})`,
  );
});

test('production has the settings for fairness and priorities that `up` and the tests have', () => {
  const file: Record<string, { value: unknown }[]> = parse(
    projectFile('deploy', 'temporal-dynamic-config.yaml'),
  );
  const ofMatching = Object.entries(file).filter(([name]) => name.startsWith('matching.'));
  expect(ofMatching.map(([name, [first]]) => `${name}=${first?.value}`).sort()).toEqual(
    [...matchingSettings].sort(),
  );
});

test('the steps for Temporal Cloud register every search attribute', () => {
  const page = projectFile('docs', 'temporal-cloud.md');
  const registered = [...page.matchAll(/--sa "(\w+)=(\w+)"/g)].map(([, name = '', type = '']) => ({
    name,
    type,
  }));
  expect(registered).toEqual(searchAttributesForCli);
});
