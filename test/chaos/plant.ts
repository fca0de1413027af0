/** Builds of the program with one defect planted into it: the chaos tests are worth what they catch of them. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/** One place of the built program, and what stands there instead. */
export interface Plant {
  /** Below dist/. */
  file: string;
  from: string | RegExp;
  to: string;
}

/**
 * A copy of dist/ with the plants in it, which finds the project's packages; `program` is what to start.
 * @throws when a place is not found exactly once: the program has moved on, and the defect has to follow
 */
export function plant(plants: readonly Plant[]): { program: string; remove(): void } {
  const folder = mkdtempSync(join(root, '.cache', 'planted-'));
  cpSync(join(root, 'dist'), folder, { recursive: true });
  for (const each of plants) writeFileSync(join(folder, each.file), planted(each, folder));
  return {
    program: join(folder, 'client', 'main.js'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/**
 * The text of a file of the program with the plant in it.
 * @throws when its place is not found exactly once
 */
export function planted({ file, from, to }: Plant, folder = join(root, 'dist')): string {
  const pieces = readFileSync(join(folder, file), 'utf8').split(from);
  if (pieces.length !== 2) {
    throw new Error(`${file} has "${from}" ${pieces.length - 1} times: plant the defect elsewhere.`);
  }
  return pieces.join(to);
}
