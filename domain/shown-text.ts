/**
 * Text from outside where people read it: names, groups, teams, notes and error messages are data, and none of them moves a
 * cursor, begins a line of its own, or becomes a link. Stored and compared texts stay as they came in (domain/text.ts).
 */

/**
 * What a terminal or a reader does not see as a character: control characters (C0, C1, ESC), direction marks and isolates,
 * zero-width and tag characters, separators of lines and paragraphs, fillers, and halves of characters.
 */
const unseen = '\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}\\p{Default_Ignorable_Code_Point}\\u2800';
const unseenRun = new RegExp(`(?:(?!\\n)[${unseen}])+`, 'gu');
/** No living language puts more marks on one letter; a pile of them covers the lines above and below. */
const pileOfMarks = /(\p{M}{6})\p{M}+/gu;
const unseenOrBlankRun = new RegExp(`[\\s${unseen}]+`, 'gu');

/** Returns a text for a terminal: what cannot be seen becomes a blank. Line breaks stay, as they are ours. */
export const terminalText = (text: string): string => text.replace(unseenRun, ' ');

/** Returns a text on one line: blanks, line breaks and what cannot be seen become one blank. At most `lengthMax` long. */
export function oneLine(text: string, lengthMax = Number.POSITIVE_INFINITY): string {
  const line = text
    .replace(unseenOrBlankRun, ' ')
    .replace(pileOfMarks, '$1')
    // Marks without a letter would be put on the character before, which is ours.
    .replace(/^[\s\p{M}]+/u, '')
    .trimEnd();
  if (line.length <= lengthMax) return line;
  return `${line.slice(0, lengthMax - 1).replace(/\p{Cs}$/u, '')}…`;
}

/** Returns a copy of plain data with every text of it on one line; keys are ours. */
export function shownTexts<Data>(data: Data): Data;
export function shownTexts(data: unknown): unknown {
  if (typeof data === 'string') return oneLine(data);
  if (Array.isArray(data)) return data.map((entry: unknown) => shownTexts(entry));
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(Object.entries(data).map(([key, entry]) => [key, shownTexts(entry)]));
}

/** Returns JSON for people and programs: it means the same, and what cannot be seen is escaped. */
export const jsonText = (data: unknown, indent = 2): string => seenJson(JSON.stringify(data, null, indent));

/** Returns JSON that means the same, with what cannot be seen escaped. */
export const seenJson = (json: string): string =>
  json.replace(unseenRun, (run) =>
    Array.from({ length: run.length }, (_, at) => `\\u${hexOf(run.charCodeAt(at))}`).join(''),
  );

const hexOf = (code: number) => code.toString(16).padStart(4, '0');

/**
 * Returns a text as Markdown that shows exactly this text on one line, at most `lengthMax` characters of it. Temporal's UI
 * reads summaries and details with gomarkdown: HTML stays HTML, dollars are formulas, addresses without brackets are links. It
 * knows no backslash before `$` and `=` (docs/reference/temporal.md section 2.12).
 */
export const markdownText = (text: string, lengthMax?: number): string =>
  oneLine(text, lengthMax)
    .replace(/[\\`*[\]<>|~]|&(?=#?\w+;)|(?<![^\W_])_|_(?![^\W_])/g, '\\$&')
    .replace(/:(?=\/\/)|(?<=mailto):|(?<=www)\./gi, '\\$&')
    .replaceAll('$', '&#36;')
    // Only at the beginning of a line: headings, lists, definitions, underlines of headings.
    .replace(/^[-+:#]/, '\\$&')
    .replace(/^=/, '&#61;')
    .replace(/^(\d{1,9})([.)])/, '$1\\$2');

/**
 * Temporal refuses a summary of more than 400 bytes, and with it the workflow's task; its documentation asks for 200
 * (docs/reference/temporal.md section 1.3). A batch adds how many changes more there are.
 */
const labelBytesMax = 350;
const labelLengthMax = 150;

/** The longest label within the limits: a character may take four bytes, and one for its escape. */
export function labelWithinLimits(label: (length: number) => string, length = labelLengthMax): string {
  const text = label(length);
  const isShort = new TextEncoder().encode(text).length <= labelBytesMax;
  return isShort ? text : labelWithinLimits(label, length - 10);
}
