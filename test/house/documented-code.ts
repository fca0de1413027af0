/** What the pages show of command lines. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './source-tree.ts';

/** The pages for people. */
export const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

/** The lines of code blocks and the marked words of a page; a line that goes on in the next one is one. */
export function codeOf(markdown: string): string[] {
  const blocks = [...markdown.matchAll(/^( *)```\w*\n([\s\S]*?)^\1```$/gm)].map(([, , code = '']) => code);
  const text = markdown.replace(/^( *)```[\s\S]*?^\1```$/gm, '');
  const marked = [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code.replace(/\s+/g, ' '));
  const lines = blocks.flatMap((code) => code.replace(/\\\n\s*/g, '').split('\n'));
  return [...lines.map((line) => line.trim().replace(/^\$ /, '')), ...marked];
}

/** What a shell would hand to the first program of a line, without its comment. Quoted words stay one. */
export function wordsOf(line: string): string[] {
  const words = line.match(/"[^"]*"|'[^']*'|[^\s"']+/g) ?? [];
  const end = words.findIndex((word) => /^(#|&&|\||;|>|<(?!\w+>))/.test(word));
  return end < 0 ? words : words.slice(0, end);
}

/** How a line may call the command: as it is, by npx, in a container of compose, or in a pod. */
export const beforeCommand =
  /^(?:npx --no-install |docker compose (?:-f \S+ )?run (?:-\S+ )*|kubectl .* -- |DATABASE_URL=\S+ )?timely-sync(?= |$)/;
