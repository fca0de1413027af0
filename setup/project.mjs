import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of the checkout. */
export const projectFolder = dirname(dirname(fileURLToPath(import.meta.url)));

/** @param {...string} parts path inside the checkout */
export const inProject = (...parts) => join(projectFolder, ...parts);

/**
 * Folder of what is downloaded: of the checkout, or of the user for an installed package, whose own folder may belong to
 * another user and is emptied by the next installation.
 * @param {string} name
 */
export const cacheOf = (name) =>
  existsSync(inProject('tsconfig.build.json'))
    ? inProject('.cache', name)
    : join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'timely-sync', name);

/**
 * Prints what set-up does to standard error, because standard output belongs to the command after it.
 * @param {string} sentence
 */
export const say = (sentence) => console.error(sentence);
