/** Texts of pages. What comes from a directory is one line that shows what it is, whatever direction it is written in. */
import { utcMoment } from '../../../client/render/words/moments.ts';
import { oneLine } from '../../../domain/shown-text.ts';

/** A name, an address, an id: foreign text, which changes the direction of nothing around it. */
export const Foreign = ({ text }: { text: string }) => <bdi>{oneLine(text)}</bdi>;

/**
 * A sentence of ours, with what stands between backticks as code: a command, or a key of the tenant file. A long name in it
 * may break anywhere, so that no table gets wider than the page.
 */
export function Sentence({ text }: { text: string }) {
  const parts = oneLine(text).split('`');
  if (parts.length % 2 === 0) return <span class="says">{oneLine(text)}</span>;
  return (
    <span class="says">{parts.map((part, index) => (index % 2 === 0 ? part : <code>{part}</code>))}</span>
  );
}

/** A moment in UTC; a dash for none. */
export const Moment = ({ at }: { at: string | null }) =>
  at === null ? <>–</> : <time datetime={at}>{utcMoment(at)}</time>;

/** `40,000`. */
export const grouped = (count: number): string => count.toLocaleString('en');

/** `40,000 changes`, `1 change`. */
export const groupedCount = (count: number, one: string, many: string): string =>
  `${grouped(count)} ${count === 1 ? one : many}`;

/** `Directory` for `directory`. */
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
