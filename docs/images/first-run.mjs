/**
 * `npm run docs:terminal`: records what `npm start -- --once` prints and draws it as docs/images/first-run.svg. The words
 * are the program's own; rows are left out and columns are narrower, so that the picture can be read in the README.
 */
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { inProject, projectFolder, say } from '../../setup/project.mjs';
import { run } from '../../setup/run.mjs';
import { SetupError } from '../../setup/setup-error.mjs';

const picture = inProject('docs', 'images', 'first-run.svg');

/** Characters in a line, which the README shows without making them small. */
const columns = 112;

/** Rows of a table that are shown for each kind of change or finding. */
const rowsOfAKind = 1;

/** Characters of a word that a narrow column can hold; rows with a longer one are left out. */
const longestWord = 30;

/** Exit codes of a cycle that was carried through: nothing waits, or something waits for a person. */
const good = [0, 3];

/**
 * Everything that a first run prints, both streams in the order in which they came.
 * @param {string} folder where it keeps its data
 * @returns {Promise<string[]>} lines
 */
function record(folder) {
  const args = [inProject('setup', 'start.mjs'), '--once', '--data', folder];
  const child = spawn(process.execPath, args, { cwd: projectFolder, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk) => {
      output += chunk;
    });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (good.includes(code)) resolve(output.trimEnd().split('\n'));
      else reject(new SetupError(`npm start ended with ${code}:\n${output}`));
    });
  });
}

/**
 * The recorded lines with fixed ports, without those of set-up, and with each table as its rows.
 * @param {string[]} lines
 * @returns {(string | string[][])[]}
 */
function forReaders(lines) {
  const parts = [];
  let rows = null;
  for (const line of lines) {
    if (line.startsWith('┌')) {
      rows = [];
      parts.push(rows);
    } else if (line.startsWith('│')) addToRows(rows, line);
    else if (!/^[├└]/.test(line) && !/^(Building|up: stopping)/.test(line)) parts.push(withFixedPorts(line));
  }
  return parts;
}

/** A line whose first cell is empty goes on with the row above it. */
function addToRows(rows, line) {
  const cells = line
    .split('│')
    .slice(1, -1)
    .map((cell) => cell.trim());
  if (cells[0] !== '') rows.push(cells);
  else rows.push(rows.pop().map((cell, index) => `${cell} ${cells[index]}`.trim()));
}

/** Ports differ from run to run; the picture shows Temporal's usual ones. */
const withFixedPorts = (line) =>
  line.replace(/(http:\/\/127\.0\.0\.1:)\d+/, '$18233').replace(/(ADDRESS=127\.0\.0\.1:)\d+/, '$17233');

/**
 * The first rows of each kind as a table that fits the picture.
 * @param {typeof import('cli-table3')} Table
 * @param {string[][]} recorded
 * @returns {string[]} lines
 */
function draw(Table, [head, ...rows]) {
  const shown = rows
    .filter((row, index) => rows.slice(0, index).filter(([kind]) => kind === row[0]).length < rowsOfAKind)
    .filter((row) =>
      row
        .at(-1)
        .split(' ')
        .every((word) => word.length <= longestWord),
    );
  const others = [head, ...shown].map((row) => row.slice(0, -1));
  const widths = head.slice(0, -1).map((_, index) => Math.max(...others.map((row) => row[index].length)) + 2);
  const last = columns - widths.reduce((sum, width) => sum + width + 1, 2);
  const style = { head: [], border: [], compact: true };
  const table = new Table({ head, colWidths: [...widths, last], wordWrap: true, style });
  table.push(...shown);
  const leftOut = rows.length - shown.length;
  if (leftOut > 0) table.push(['…', `${leftOut} more rows`, '']);
  return table.toString().split('\n');
}

const font = { size: 13, width: 7.8, line: 18 };
const margin = { left: 20, top: 56, bottom: 22 };
const colours = { window: '#1b1f27', text: '#dfe3ea', lines: '#5c6675', prompt: '#7fc8a9' };

/**
 * Lines of text as the picture of a terminal. Each line has a fixed length, so that box lines meet in any font.
 * @param {string[]} lines
 */
function toSvg(lines) {
  const width = Math.round(margin.left * 2 + columns * font.width);
  const height = margin.top + lines.length * font.line + margin.bottom;
  const dots = ['#ec6a5e', '#f4bf4f', '#61c554'].map(
    (colour, index) => `<circle cx="${24 + index * 20}" cy="22" r="6" fill="${colour}"/>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    '<title>What npm start prints: a first cycle against the sandbox</title>',
    `<rect width="${width}" height="${height}" rx="10" fill="${colours.window}"/>`,
    ...dots,
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="${font.size}">`,
    ...lines.map((line, index) => textOf(line, margin.top + index * font.line)).filter((text) => text !== ''),
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

/**
 * @param {string} line
 * @param {number} y its base line in pixels
 */
function textOf(line, y) {
  if (line.trim() === '') return '';
  const length = ([...line].length * font.width).toFixed(1);
  const colour = line.startsWith('$') ? colours.prompt : colours.text;
  const spans = escaped(line).replace(/[─-╿]+/g, (box) => `<tspan fill="${colours.lines}">${box}</tspan>`);
  return `<text x="${margin.left}" y="${y}" fill="${colour}" textLength="${length}" lengthAdjust="spacingAndGlyphs">${spans}</text>`;
}

/** A line as XML; spaces that do not break, because browsers join the others. */
const escaped = (line) =>
  line.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll(' ', '\u00a0');

/**
 * @param {string} text
 * @param {string[]} privates words of the machine that records
 * @throws SetupError when one of them is in the picture
 */
function refusePrivate(text, privates) {
  const found = privates.filter((word) => word.length > 3 && text.includes(word));
  if (found.length > 0) throw new SetupError(`The picture would show ${found.join(', ')} of this machine.`);
}

await run(async () => {
  const { default: Table } = await import('cli-table3');
  const folder = mkdtempSync(join(tmpdir(), 'timely-sync-docs-'));
  // Root runs PostgreSQL as another user, and `up` would report that it opens the folder for that user.
  chmodSync(folder, 0o755);
  try {
    say('Recording npm start -- --once …');
    const lines = forReaders(await record(folder)).flatMap((part) =>
      typeof part === 'string' ? [part] : draw(Table, part),
    );
    const svg = toSvg(['$ npm start -- --once', ...lines]);
    refusePrivate(svg, [folder, projectFolder, tmpdir(), hostname()]);
    writeFileSync(picture, svg);
    say(`${picture}: ${lines.length} lines.`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
