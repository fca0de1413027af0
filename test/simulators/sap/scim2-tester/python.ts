/** A Python with scim2-tester, in a folder of its own below .cache. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const requirements = join(import.meta.dirname, 'requirements.txt');
const cache = join(import.meta.dirname, '..', '..', '..', '..', '.cache');
const installWithinMs = 180_000;

/** Returns the program, or null where there is no Python 3, or where its packages cannot be had. */
export function findTester(): string | null {
  const hash = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  const folder = join(cache, `scim2-tester-${hash}`);
  const python = join(folder, 'bin', 'python');
  const complete = join(folder, 'complete');
  if (existsSync(complete)) return python;
  try {
    rmSync(folder, { recursive: true, force: true });
    run('python3', ['-m', 'venv', folder]);
    run(python, ['-m', 'pip', 'install', '--quiet', '--require-hashes', '--requirement', requirements]);
    writeFileSync(complete, '');
    return python;
  } catch {
    return null;
  }
}

const run = (program: string, words: string[]) =>
  execFileSync(program, words, { stdio: 'ignore', timeout: installWithinMs });
