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
export const say = (sentence) =>
  // On a terminal it takes the place of a line that moves.
  process.stderr.isTTY
    ? process.stderr.write(`\r\u001b[K${inLines(sentence, process.stderr.columns)}\n`)
    : console.error(sentence);

/**
 * The sentence in lines of at most `columns`, broken at blanks. A terminal that does not know its width says 0.
 * @param {string} sentence
 * @param {number} columns
 */
export const inLines = (sentence, columns) =>
  columns > 0
    ? sentence.replace(new RegExp(`(?! )(.{1,${columns}})(?: |$)`, 'g'), '$1\n').trimEnd()
    : sentence;

/**
 * As `say`, while something takes a minute or two: a terminal also shows how long it has taken.
 * @template Result
 * @param {string} sentence
 * @param {() => Promise<Result>} work
 * @returns {Promise<Result>}
 */
export async function sayWhile(sentence, work) {
  const { stderr } = process;
  if (!stderr.isTTY) {
    say(sentence);
    return await work();
  }
  const beganMs = Date.now();
  const show = () => stderr.write(`\r${sentence} ${Math.floor((Date.now() - beganMs) / 1_000)} s`);
  show();
  const timer = setInterval(show, 1_000);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    stderr.write('\n');
  }
}
