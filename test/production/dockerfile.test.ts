import { describe, expect, test } from '@jest/globals';
import { projectFile } from './files.ts';

/** Instructions with their arguments: continued lines are joined, comments left out. */
const instructions = projectFile('Dockerfile')
  .replace(/^#.*\n/gm, '')
  .replace(/\\\n\s*/g, '')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => ({ name: line.split(' ')[0] ?? '', rest: line.slice(line.indexOf(' ') + 1) }));

const lastFrom = instructions.findLastIndex(({ name }) => name === 'FROM');
const finalStage = instructions.slice(lastFrom);
const argumentsOf = (name: string) =>
  instructions.filter((line) => line.name === name).map(({ rest }) => rest);
const ofFinalStage = (name: string) =>
  finalStage.filter((line) => line.name === name).map(({ rest }) => rest);

describe('Dockerfile', () => {
  test('uses Debian with glibc and a Node with long-term support', () => {
    const foreign = argumentsOf('FROM').filter((from) => !/^base( |$)/.test(from));
    expect(foreign.map((from) => from.replace(/@sha256:[0-9a-f]{64}/, ''))).toEqual([
      'node:24-bookworm-slim AS base',
    ]);
    expect(projectFile('Dockerfile').match(/^FROM.*alpine/gim)).toBeNull();
  });

  test('builds in stages, without their tools in the image', () => {
    expect(argumentsOf('FROM').length).toBeGreaterThan(2);
    expect(ofFinalStage('RUN').join()).not.toMatch(/npm/);
    expect(ofFinalStage('COPY')).toContain('--from=packages /app/node_modules node_modules');
    expect(ofFinalStage('COPY')).toContain('--from=build /app/dist dist');
  });

  test('installs the versions of the lock file, without development packages', () => {
    for (const command of argumentsOf('RUN')
      .join('\n')
      .match(/npm \w+ \S+/g) ?? []) {
      expect(['npm install --no-save', 'npm run build']).toContain(command);
    }
    expect(argumentsOf('RUN').join('\n')).toContain('npm install --no-save --omit=dev');
  });

  test("leaves out the SDK's native part for other platforms", () => {
    expect(argumentsOf('RUN').join('\n')).toMatch(
      /core-bridge\/releases.*! -name "\$\(uname -m\)-unknown-linux-gnu".*rm -rf/,
    );
  });

  test('has certificate authorities and does not run as root', () => {
    expect(ofFinalStage('RUN').join()).toContain('ca-certificates');
    expect(ofFinalStage('USER')).toEqual(['node']);
    const afterUser = finalStage.slice(finalStage.findIndex(({ name }) => name === 'USER') + 1);
    expect(afterUser.map(({ name }) => name)).toEqual(['EXPOSE', 'ENTRYPOINT', 'CMD']);
  });

  test('starts the built worker below an init', () => {
    expect(ofFinalStage('RUN').join()).toMatch(
      / tini .*exec node --max-semi-space-size=4 \/app\/dist\/program\/timely-sync\.js "\$@"/,
    );
    expect(ofFinalStage('ENV').join()).toContain('MALLOC_ARENA_MAX=2');
    expect([...ofFinalStage('ENTRYPOINT'), ...ofFinalStage('CMD')]).toEqual([
      '["tini", "--", "timely-sync"]',
      '["worker"]',
    ]);
  });

  test('has the licence and the documentation', () => {
    expect(ofFinalStage('COPY')).toEqual(
      expect.arrayContaining(['package.json LICENSE README.md CHANGELOG.md ./', 'docs docs']),
    );
    expect(ofFinalStage('LABEL').join()).toContain('org.opencontainers.image.licenses="Apache-2.0"');
    expect(projectFile('.dockerignore').split('\n')).not.toContain('docs');
  });

  test('keeps secrets and local packages out of the build', () => {
    const ignored = projectFile('.dockerignore').split('\n');
    expect(ignored).toEqual(
      expect.arrayContaining([
        '.env',
        '*.env',
        'tenants',
        'secrets',
        '.git',
        'node_modules',
        'dist',
        '.timely-sync',
      ]),
    );
  });
});
