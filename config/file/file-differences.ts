/** What differs between two tenant files, for people: paths with the value before and after, and lines of lists. */
import type { FileDifference } from '../../domain/contract/control.ts';

/** Both are validated tenant files, so that defaults that are written out are no difference. */
export function fileDifferences(before: unknown, after: unknown, path = ''): FileDifference[] {
  if (isMapping(before) && isMapping(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) =>
      fileDifferences(before[key], after[key], path === '' ? key : `${path}.${key}`),
    );
  }
  if (Array.isArray(before) && Array.isArray(after)) return lineDifferences(before, after, path);
  const [from, to] = [valueText(before), valueText(after)];
  return from === to ? [] : [{ path, before: from, after: to }];
}

/** A line counts as the same wherever it stands, unless only the order differs. */
function lineDifferences(before: unknown[], after: unknown[], path: string): FileDifference[] {
  const [old, now] = [before.map(valueText), after.map(valueText)];
  const gone = without(old, now).map((line) => ({ path, before: line, after: null }));
  const added = without(now, old).map((line) => ({ path, before: null, after: line }));
  const isReordered = gone.length + added.length === 0 && old.join() !== now.join();
  return isReordered
    ? [{ path, before: `[${old.join(',')}]`, after: `[${now.join(',')}]` }]
    : [...gone, ...added];
}

/** The lines of `lines` that `others` lack; a line that is there twice needs two others. */
function without(lines: (string | null)[], others: (string | null)[]): (string | null)[] {
  const left = new Map<string | null, number>();
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}

const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Keys in one order: the store does not keep theirs. */
function valueText(value: unknown): string | null {
  if (value === undefined) return null;
  return JSON.stringify(value, (_, entry: unknown) =>
    isMapping(entry) ? Object.fromEntries(Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1))) : entry,
  );
}
