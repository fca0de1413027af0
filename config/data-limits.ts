/** What a tenant file may hold at most: checking one must not keep a worker from its other tenants. */
import { ConfigurationError } from '../domain/errors.ts';

/** Characters of a file. */
export const fileTextMax = 500_000;

const limits = {
  /** Of lists and mappings inside each other; the schema has six. */
  depth: 12,
  /** Entries of one list. A directory group is the better place for more people. */
  list: 2_000,
  /** Lists, mappings and values in all, those behind aliases counted each time. */
  values: 5_000,
  mappings: 500,
  /** Keys of all mappings. */
  keys: 3_000,
  keyText: 320,
  text: 2_000,
  /** Characters of all texts. */
  texts: fileTextMax,
};

/** @throws ConfigurationError that names the limit. It looks at no more than the limits allow. */
export function requireWithinLimits(value: unknown, title: string): void {
  const left = { ...limits };
  const refuse = (what: string) =>
    new ConfigurationError(`${title} has ${what}.`, {
      remedy: 'Make it smaller: a group of the directory can hold any number of people.',
    });
  const look = (each: unknown, depth: number): void => {
    left.values -= 1;
    if (left.values < 0) throw refuse(`more than ${limits.values} values`);
    if (typeof each === 'string') {
      left.texts -= each.length;
      if (each.length > limits.text) throw refuse(`a text of more than ${limits.text} characters`);
      if (left.texts < 0) throw refuse(`more than ${limits.texts} characters`);
    }
    if (typeof each !== 'object' || each === null) return;
    if (depth === limits.depth)
      throw refuse(`more than ${limits.depth} lists and mappings inside each other`);
    if (Array.isArray(each)) {
      if (each.length > limits.list) throw refuse(`a list of more than ${limits.list} entries`);
      for (const entry of each) look(entry, depth + 1);
      return;
    }
    left.mappings -= 1;
    if (left.mappings < 0) throw refuse(`more than ${limits.mappings} mappings, such as lines of \`scope\``);
    for (const [key, entry] of Object.entries(each)) {
      left.keys -= 1;
      if (left.keys < 0) throw refuse(`more than ${limits.keys} keys`);
      if (key.length > limits.keyText) throw refuse(`a key of more than ${limits.keyText} characters`);
      look(entry, depth + 1);
    }
  };
  look(value, 0);
}
