/** Lists of pages: tables, facts, and the way through pages of a long list. */
import type { Child } from 'hono/jsx';
import { oneLine } from '../../../domain/shown-text.ts';

interface TableProps {
  caption: string;
  /** A heading above the table says the same: the caption is for screen readers alone. */
  hasHeading?: boolean;
  head: readonly string[];
  rows: readonly (readonly Child[])[];
  /** In place of a table without rows. */
  none: string;
}

/** A table whose rows become cards where there is little room: each cell carries the title of its column. */
export function Table({ caption, hasHeading = false, head, rows, none }: TableProps) {
  if (rows.length === 0) return <p class="soft">{none}</p>;
  return (
    <table class="cards">
      <caption class={hasHeading ? 'hidden' : undefined}>{caption}</caption>
      <thead>
        <tr>
          {head.map((title) => (
            <th scope="col">{title}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((cells) => (
          <tr>
            {cells.map((cell, column) => (
              <td data-label={head[column]}>{cell}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What is known of one thing, each fact with its label. */
export const Facts = ({ facts }: { facts: readonly (readonly [label: string, fact: Child])[] }) => (
  <dl class="facts">
    {facts.map(([label, fact]) => (
      <>
        <dt>{label}</dt>
        <dd>{fact}</dd>
      </>
    ))}
  </dl>
);

/** An address with these parameters; those that are empty are left out. */
export function addressWith(path: string, parameters: Record<string, string | number | null>): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters))
    if (value !== null && value !== '') given.set(name, String(value));
  return given.size === 0 ? path : `${path}?${given}`;
}

interface PagerProps {
  /** The address of the list's first page. */
  start: string;
  isFirst: boolean;
  /** The address of the next page; null on the last one. */
  next: string | null;
}

/** The way to the next page of a list, and back to its beginning. Nothing for a list of one page. */
export function Pager({ start, isFirst, next }: PagerProps) {
  if (isFirst && next === null) return null;
  return (
    <nav class="pages" aria-label="Pages of this list">
      {!isFirst && <a href={start}>First page</a>}
      {next !== null && (
        <a href={next} rel="next">
          Next page
        </a>
      )}
    </nav>
  );
}

/** One of several views of a list. */
export interface View {
  title: string;
  address: string;
  isOpen: boolean;
}

/** Links to the views of a list; the open one is marked. */
export const Views = ({ label, views }: { label: string; views: readonly View[] }) => (
  <nav class="pages" aria-label={label}>
    {views.map(({ title, address, isOpen }) => (
      <a href={address} aria-current={isOpen ? 'page' : undefined}>
        {title}
      </a>
    ))}
  </nav>
);

interface SearchProps {
  action: string;
  label: string;
  value: string;
  /** Parameters that stay as they are. */
  keep?: Record<string, string | null>;
  /** Further fields. */
  children?: Child;
}

/** Longer than any address, name or id of a directory: what a worker takes (activities/query/query-schema.ts). */
export const searchLengthMax = 320;

/** A form that searches a list by the parameter `find`. */
export const Search = ({ action, label, value, keep = {}, children }: SearchProps) => (
  <form method="get" action={action} class="search">
    <div>
      <label for="find">{label}</label>
      <input
        type="search"
        id="find"
        name="find"
        value={oneLine(value)}
        maxlength={searchLengthMax}
        autocomplete="off"
      />
    </div>
    {children}
    {Object.entries(keep).map(
      ([name, kept]) => kept !== null && kept !== '' && <input type="hidden" name={name} value={kept} />,
    )}
    <button type="submit">Search</button>
  </form>
);
