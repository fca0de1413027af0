/** The completion of shells: what may stand where, and the scripts that ask for it. */

import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { candidates } from '../../../client/completion/candidates.ts';
import { completionShells } from '../../../client/completion/scripts.ts';
import { createProgram } from '../../../client/program.ts';
import { commandLines } from '../command-lines.ts';
import { runCommand, silentSession } from '../run-command.ts';

const names = {
  tenants: async () => ['contoso', 'contoso-eu', 'fabrikam'],
  approvals: async () => ['contoso/3', 'fabrikam/1'],
};

async function wordsAfter(...words: string[]): Promise<string[]> {
  const found = await candidates(createProgram(silentSession()), words, names);
  return found.map(({ word }) => word);
}

describe('completion', () => {
  test('offers commands, and commands below a command', async () => {
    expect(await wordsAfter('st')).toEqual(['start', 'status', 'stop']);
    expect(await wordsAfter('approvals', 're')).toEqual(['reject', 'reopen']);
  });

  test('offers every command that does something, and not itself', async () => {
    const offered = await Promise.all(
      commandLines.map(async (words) => (await wordsAfter(...words)).includes(words.at(-1) ?? '')),
    );
    expect(commandLines.filter((_, place) => !offered[place])).toEqual([['complete']]);
  });

  test('offers options of the command, and the choices of an option', async () => {
    expect(await wordsAfter('up', '--')).toEqual(expect.arrayContaining(['--sandbox', '--once', '--json']));
    expect(await wordsAfter('up', '--directory', '')).toEqual(['microsoft', 'okta', 'sap']);
    expect(await wordsAfter('status', '--output', 'c')).toEqual(['csv']);
  });

  test('offers tenants and approvals where they stand', async () => {
    expect(await wordsAfter('status', 'cont')).toEqual(['contoso', 'contoso-eu']);
    expect(await wordsAfter('sync', '--full', 'f')).toEqual(['fabrikam']);
    expect(await wordsAfter('approvals', 'approve', 'contoso/3', '')).toEqual(['contoso/3', 'fabrikam/1']);
    expect(await wordsAfter('sandbox', 'join', '--tenant', 'f')).toEqual(['fabrikam']);
  });

  test('offers nothing where a file or any text may stand', async () => {
    expect(await wordsAfter('start', '')).toEqual([]);
    expect(await wordsAfter('why', 'contoso', '')).toEqual([]);
    expect(await wordsAfter('history', 'contoso', '--since', '')).toEqual([]);
  });

  test('prints lines of word and description', async () => {
    const { out } = await runCommand(['complete', '--', 'fi']);
    expect(out).toBe('findings what an operator should know and no change can fix, by kind\n');
  });
});

describe('the script', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'timely-sync-completion-'));
    const program = join(folder, 'timely-sync');
    await writeFile(
      program,
      '#!/bin/sh\nprintf "%s %s\\n" "status" "how tenants are" "heard:$(echo $* | tr " " +)" ""\n',
    );
    await chmod(program, 0o755);
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('of bash gives the words typed so far, and takes the first column', async () => {
    const { out: script } = await runCommand(['completion', 'bash']);
    const press = 'COMP_WORDS=(timely-sync why contoso ""); COMP_CWORD=3; _timely_sync timely-sync';
    const { stdout } = await execa('bash', ['-c', `${script}\n${press}\nprintf '%s\\n' "\${COMPREPLY[@]}"`], {
      env: { PATH: `${folder}:${process.env.PATH}` },
    });
    expect(stdout).toBe('status\nheard:complete+--+why+contoso');
  });

  test.each(completionShells)('of %s names the program that it completes', async (shell) => {
    const { exitCode, out } = await runCommand(['completion', shell]);
    expect({ exitCode, out }).toEqual({
      exitCode: 0,
      out: expect.stringMatching(/complete -- [\s\S]*timely-sync/),
    });
  });

  test('ends with 2 for another shell', async () => {
    const { exitCode, err } = await runCommand(['completion', 'csh']);
    expect(exitCode).toBe(2);
    expect(err).toContain('Allowed choices are bash, zsh, fish');
  });
});
