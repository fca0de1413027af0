/** Colours on terminals. Texts never hold any: the painter knows signs and words at the beginning of a line. */
/** ECMA-48, select graphic rendition. */
const codes = { red: 31, green: 32, yellow: 33 };
type Colour = keyof typeof codes;

const colourOf: Record<string, Colour> = {
  '+': 'green',
  '~': 'yellow',
  '-': 'red',
  ok: 'green',
  warning: 'yellow',
  error: 'red',
  held: 'yellow',
  failed: 'red',
  refused: 'red',
};

/** The text with colours: on the first cell of a line, with or without a frame. */
export const painted = (text: string): string => text.split('\n').map(paintedLine).join('\n');

function paintedLine(line: string): string {
  const start = line.startsWith(edge) ? edge.length : 0;
  const ends = [line.indexOf('  ', start), line.indexOf(' │', start)].filter((end) => end >= 0);
  const end = Math.min(line.length, ...ends);
  const cell = line.slice(start, end);
  const colour = colourOf[cell.split(/[ :]/, 1)[0] ?? ''];
  return colour ? `${line.slice(0, start)}${coloured(colour, cell)}${line.slice(end)}` : line;
}

const edge = '│ ';

const coloured = (colour: Colour, text: string) => `\u001b[${codes[colour]}m${text}\u001b[39m`;

/** Whether the stream shows colours: it is a terminal, and NO_COLOR is not set (https://no-color.org). */
export const showsColours = ({ isTTY }: { isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean =>
  isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';
