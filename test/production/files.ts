import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const project = join(import.meta.dirname, '../..');

/** Text of a file of the project. */
export const projectFile = (...path: string[]) => readFileSync(join(project, ...path), 'utf8');
