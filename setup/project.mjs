import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of the checkout. */
export const projectFolder = dirname(dirname(fileURLToPath(import.meta.url)));

/** @param {...string} parts path inside the checkout */
export const inProject = (...parts) => join(projectFolder, ...parts);

/**
 * Prints what set-up does to standard error, because standard output belongs to the command after it.
 * @param {string} sentence
 */
export const say = (sentence) => console.error(sentence);
