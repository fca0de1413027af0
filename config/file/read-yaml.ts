/** A tenant file as data, with the place of each of its keys. */
import {
  type Document,
  type ErrorCode,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
} from 'yaml';
import { ConfigurationError } from '../../domain/errors.ts';
import { formatCount } from '../../domain/text.ts';

/** Characters of a key that a message repeats. */
export const keyLengthMax = 80;

/** Enough to correct; a file with more has the same mistake in many places. */
export const problemsShown = 20;

export interface YamlData {
  data: unknown;
  /** Where the value of a path begins; of an absent one, its nearest parent that is there. */
  placeOf(path: readonly PropertyKey[]): Place;
  /** Where the last key of a path stands. */
  placeOfKey(path: readonly PropertyKey[]): Place;
}

/** Counted from 1, as editors do. */
export interface Place {
  line: number;
  column: number;
}

export const placeText = ({ line, column }: Place): string => `line ${line}, column ${column}`;

/** @throws ConfigurationError with the place of a YAML mistake, or with both places of each key that stands twice */
export function readYaml(text: string, fileName: string): YamlData {
  const lines = new LineCounter();
  const refuse = (where: string, what: string) =>
    new ConfigurationError(`${fileName}${where}: this is not valid YAML (${what}).`, {
      remedy: 'Correct the YAML; an editor that knows YAML shows the place.',
    });
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const document = parsed(text, lines);
  if (document === null) throw refuse('', 'it is nested too deeply');
  const [mistake] = document.errors;
  // The parser's own message quotes the text, which may be a secret; its code does not.
  if (mistake !== undefined)
    throw refuse(`, ${placeText(placeAt(mistake.pos[0]))}`, mistakeText(mistake.code));
  const lost = lostAlias(document);
  if (lost !== null)
    throw refuse(`, ${placeText(placeAt(lost))}`, 'an alias, *name, has no anchor before it');
  refuseTwins(document, fileName, placeAt);
  return {
    data: dataOf(document, () => refuse('', 'its aliases, *name, expand too far')),
    placeOf: (path) => placeAt(offsetOf(document, path)),
    placeOfKey: (path) => placeAt(offsetOf(document, path, 'key')),
  };
}

const mistakeWords: Partial<Record<ErrorCode, string>> = {
  BAD_ALIAS: 'an alias, *name, without a name',
  BAD_DQ_ESCAPE: 'a backslash in double quotes: use single quotes',
  BAD_INDENT: 'the indent does not fit, or a bracket or quote before it is open',
  BAD_SCALAR_START: 'a text that begins with this character needs quotes',
  BLOCK_AS_IMPLICIT_KEY: 'a second "key:" on one line: put the text in quotes',
  BLOCK_IN_FLOW: 'lines with dashes or colons within brackets',
  MISSING_CHAR: 'a colon, comma, quote or bracket is missing',
  MULTILINE_IMPLICIT_KEY: 'a colon is missing, or a key goes over several lines',
  MULTIPLE_DOCS: 'a second document begins: one file is one tenant',
  TAB_AS_INDENT: 'a tab in front: YAML wants blanks',
  UNEXPECTED_TOKEN: 'something that does not belong here',
};

const mistakeText = (code: ErrorCode) => mistakeWords[code] ?? code.toLowerCase().replaceAll('_', ' ');

/** Where an alias stands whose anchor is missing. */
function lostAlias(document: Document): number | null {
  let place: number | null = null;
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document)) return undefined;
      place = startOf(alias);
      return visit.BREAK;
    },
  });
  return place;
}

/** Null when the parser gives up. Keys that stand twice are looked for afterwards, to name both places. */
function parsed(text: string, lineCounter: LineCounter): Document.Parsed | null {
  try {
    return parseDocument(text, { prettyErrors: false, lineCounter, logLevel: 'silent', uniqueKeys: false });
  } catch {
    return null;
  }
}

function dataOf(document: Document, refusal: () => ConfigurationError): unknown {
  try {
    return document.toJS();
  } catch {
    throw refusal();
  }
}

/** YAML forbids them, and the later one would silently win. */
function refuseTwins(document: Document, fileName: string, placeAt: (offset: number) => Place): void {
  const problems: string[] = [];
  visit(document, {
    Map(_, map) {
      const first = new Map<string, number>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        const [name, offset] = [String(key.value), key.range?.[0] ?? 0];
        const earlier = first.get(name);
        if (earlier === undefined) first.set(name, offset);
        else
          problems.push(
            `${placeText(placeAt(offset))}: the key "${name.slice(0, keyLengthMax)}" is also at ${placeText(placeAt(earlier))}: keep one of them`,
          );
      }
    },
  });
  if (problems.length === 0) return;
  const more = problems.length - problemsShown;
  const counted = formatCount(problems.length, 'key that stands twice', 'keys that stand twice');
  throw new ConfigurationError(`${fileName} has ${counted}:`, {
    problems: [...problems.slice(0, problemsShown), ...(more > 0 ? [`… and ${more} more`] : [])],
    remedy: 'YAML allows a key once in each mapping.',
  });
}

/** Where the value of a path begins, or its key. A value that is not there has the place of what should hold it. */
function offsetOf(document: Document, path: readonly PropertyKey[], of: 'value' | 'key' = 'value'): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [index, step] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    const isLast = index === path.length - 1;
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
      if (!pair) return offset;
      const keyAt = startOf(pair.key) ?? offset;
      if (isLast && of === 'key') return keyAt;
      const isEmpty = isScalar(pair.value) && pair.value.value === null;
      offset = isEmpty ? keyAt : (startOf(pair.value) ?? keyAt);
      // A mapping or list below its key is at the key, as readers see it.
      if (!isLast && !isInline(pair.value)) offset = keyAt;
      node = pair.value;
    } else if (isSeq(node) && typeof step === 'number') {
      node = node.items[step];
      offset = startOf(node) ?? offset;
    } else return offset;
  }
  return offset;
}

const isInline = (node: unknown) => (isMap(node) || isSeq(node)) && node.flow === true;

function startOf(node: unknown): number | null {
  const range: unknown = typeof node === 'object' && node !== null && 'range' in node ? node.range : null;
  return Array.isArray(range) && typeof range[0] === 'number' ? range[0] : null;
}
