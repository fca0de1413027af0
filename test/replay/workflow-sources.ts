/** What the sources of the workflows can put into a history, by name. */
import { exportsOf, sourceFiles, textOf } from '../house/source-tree.ts';

/** Its summaries are those of activities. */
const proxies = 'workflows/activity-proxies.ts';

const texts = sourceFiles('workflows')
  .filter((file) => file !== proxies)
  .map(textOf);
const all = (pattern: RegExp): string[] =>
  [...new Set(texts.flatMap((text) => [...text.matchAll(pattern)].map(([, name = '']) => name)))].sort();

/** Signals and Updates with a handler. A Query leaves nothing in a history. */
export function handledMessages(): string[] {
  const defined = new Map(
    [
      ...textOf('workflows/messages.ts').matchAll(
        /const (\w+) = define(?:Signal|Update)\b[^(]*\(\s*'(\w+)'/g,
      ),
    ].map(([, constant = '', name = '']) => [constant, name]),
  );
  return all(/setHandler\(\s*(\w+),/g)
    .flatMap((constant) => defined.get(constant) ?? [])
    .sort();
}

export const calledActivities = (): string[] => {
  const text = textOf(proxies);
  return [...text.matchAll(/export const \{[^}]*\} =\s+proxyActivities/g)]
    .flatMap(([statement]) => exportsOf(statement))
    .sort();
};

/** Each timer has a summary: a literal, or an entry of a map of titles. */
export function timerSummaries(): string[] {
  const titles = texts.flatMap((text) =>
    [...text.matchAll(/\btimerTitles\b[^{=]*= \{([^}]*)\}/g)].flatMap(([, entries = '']) =>
      [...entries.matchAll(/: '([^']+)'/g)].map(([, title = '']) => title),
    ),
  );
  const constants = all(/\bsummary: (\w+) \}/g).flatMap((name) =>
    texts.flatMap((text) => new RegExp(`const ${name} = '([^']+)'`).exec(text)?.[1] ?? []),
  );
  return [...new Set([...all(/\bsummary(?::| =) '([^']+)'/g), ...titles, ...constants])].sort();
}

export const patchIds = (): string[] => all(/\b(?:patched|deprecatePatch)\('([^']+)'\)/g);
