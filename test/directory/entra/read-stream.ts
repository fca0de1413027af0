/** Reads a stream of the fake Microsoft through the adapter. */
import { createEntraSource } from '../../../directory/entra/entra-source.ts';
import type { DirectoryPage, DirectoryStream, ReadPlan } from '../../../directory/source.ts';
import { type FakeMicrosoft, type FakeResponse, settingsFor } from './fake-microsoft.ts';

export const ada = { id: 'ada', displayName: 'Ada Example', userPrincipalName: 'ada@contoso.example' };

interface Round {
  cursor?: string;
  plan?: Partial<ReadPlan>;
}

/** Reads a stream of these pages, each with a nextLink to the following one. */
export async function readPages(
  microsoft: FakeMicrosoft,
  stream: DirectoryStream,
  pages: unknown[][],
  { cursor, plan = {} }: Round = {},
) {
  const link = (name: string) => `${microsoft.origin}/v1.0/${stream}/delta?${name}`;
  microsoft.graph = (): FakeResponse => {
    const page = microsoft.requests.length;
    const next = page < pages.length ? { '@odata.nextLink': link(`$skiptoken=${page}`) } : {};
    const end = page >= pages.length ? { '@odata.deltaLink': link('$deltatoken=end') } : {};
    return { body: { value: pages[page - 1], ...next, ...end } };
  };
  return await collect(microsoft, stream, cursor ? link(cursor) : null, plan);
}

export async function collect(
  microsoft: FakeMicrosoft,
  stream: DirectoryStream,
  cursor: string | null = null,
  plan: Partial<ReadPlan> = {},
): Promise<DirectoryPage[]> {
  const pages: DirectoryPage[] = [];
  const source = createEntraSource(settingsFor(microsoft));
  for await (const page of source.read(stream, cursor, { attributes: [], managers: false, ...plan })) {
    pages.push(page);
  }
  return pages;
}

export const entriesOf = (pages: DirectoryPage[]) => pages.flatMap((page) => page.entries);
