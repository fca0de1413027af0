/** Copies of the program with one defect in them: they show what the chaos tests would find. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/** One place of the built program, and the text that replaces it. */
export interface Plant {
  /** Below dist/. */
  file: string;
  from: string | RegExp;
  to: string;
}

/**
 * Copies dist/ with the plants in it to where it finds the project's packages; `program` is the file to run.
 * @throws when a place is not found exactly once: the program has changed, and the defect has to follow
 */
export function plantDefect(plants: readonly Plant[]): { program: string; remove(): void } {
  const folder = mkdtempSync(join(root, '.cache', 'planted-'));
  cpSync(join(root, 'dist'), folder, { recursive: true });
  for (const each of plants) writeFileSync(join(folder, each.file), withPlant(each, folder));
  return {
    program: join(folder, 'client', 'main.js'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/**
 * The text of a file of the program with the plant in it.
 * @throws when its place is not found exactly once
 */
export function withPlant({ file, from, to }: Plant, folder = join(root, 'dist')): string {
  const pieces = readFileSync(join(folder, file), 'utf8').split(from);
  if (pieces.length !== 2) {
    throw new Error(
      `${file} has "${from}" ${pieces.length - 1} times: update the defect to the current code.`,
    );
  }
  return pieces.join(to);
}
