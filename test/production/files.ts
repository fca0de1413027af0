import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const project = join(import.meta.dirname, '../..');

/** Returns the text of a file of the project. */
export const projectFile = (...path: string[]) => readFileSync(join(project, ...path), 'utf8');
