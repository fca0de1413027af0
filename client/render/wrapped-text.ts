/** Texts in lines of a width. Apart from tables, because every start of the command loads it. */
import stringWidth from 'string-width';

/**
 * Prose in lines of at most `columns`, broken at blanks. A longer word stays whole: it is an address or a path to paste. Each line
 * goes on below its own indentation.
 */
export function fitted(text: string, columns: number): string {
  const fittedLine = (line: string) => {
    if (stringWidth(line) <= columns) return line;
    const margin = /^ */.exec(line)?.[0] ?? '';
    return wrapped(line.slice(margin.length), columns - margin.length, { wholeWords: true })
      .map((part) => margin + part.trimEnd())
      .join('\n');
  };
  return text.split('\n').map(fittedLine).join('\n');
}

/** The text in lines of at most `width`, broken at blanks, and within a word that is longer. */
export function wrapped(text: string, width: number, { wholeWords = false } = {}): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (stringWidth(longer) <= width) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    const pieces = wholeWords ? [word] : brokenWord(word, width);
    lines.push(...pieces.slice(0, -1));
    line = pieces.at(-1) ?? '';
  }
  return [...lines, line];
}

function brokenWord(word: string, width: number): string[] {
  const pieces = [''];
  for (const { segment } of graphemes.segment(word)) {
    const longer = `${pieces.at(-1)}${segment}`;
    if (stringWidth(longer) <= width || pieces.at(-1) === '') pieces[pieces.length - 1] = longer;
    else pieces.push(segment);
  }
  return pieces;
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
