import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of the checkout. */
export const projectFolder = dirname(dirname(fileURLToPath(import.meta.url)));

/** @param {...string} parts path inside the checkout */
export const inProject = (...parts) => join(projectFolder, ...parts);

/**
 * Tells what set-up is doing. On standard error: standard output belongs to the command that set-up is for.
 * @param {string} sentence
 */
export const say = (sentence) => console.error(sentence);
