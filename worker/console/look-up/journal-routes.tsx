/** The journal as a page, and as a file. */
import type { Client } from '@temporalio/client';
import { Hono } from 'hono';
import { everyPage, queryWorker } from '../../../client/remote/query.ts';
import { pagesBelow } from '../../../domain/console-pages.ts';
import type { JournalLine } from '../../../domain/contract/journal-line.ts';
import type { JournalQuery } from '../../../domain/contract/query.ts';
import type { ConsoleEnv } from '../deps.ts';
import { sendPage } from '../layout.tsx';
import { type JournalFormat, journalFile, journalFormats } from './journal-file.ts';
import { JournalPage } from './journal-page.tsx';
import { type JournalAddress, journalAddress } from './look-up-address.ts';

export function journalRoutes(client: Client): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();

  app.get('/journal', async (context) => {
    const { tenant, base } = context.var;
    const address = journalAddress.parse(context.req.query());
    const entries = await queryWorker(client, historyOf(tenant, address));
    const body = <JournalPage pages={pagesBelow(base)} entries={entries} address={address} />;
    return await sendPage(context, { title: 'Journal', current: 'journal', body });
  });

  app.get('/:file{journal\\.(csv|json)}', async (context) => {
    const { tenant, deps } = context.var;
    const format: JournalFormat = context.req.param('file').endsWith('.csv') ? 'csv' : 'json';
    const address = journalAddress.parse(context.req.query());
    const pages = everyPage<JournalLine>((after) =>
      queryWorker(client, historyOf(tenant, { ...address, after })),
    );
    const day = deps.now().toISOString().slice(0, 10);
    return context.body(await journalFile(format, pages), 200, {
      'content-type': journalFormats[format],
      'content-disposition': `attachment; filename="${tenant}-journal-${day}.${format}"`,
    });
  });

  return app;
}

const historyOf = (
  tenant: string,
  { find, kind, since, after }: JournalAddress,
): Extract<JournalQuery, { about: 'history' }> => ({
  ...{ about: 'history', tenant, after },
  ...(find !== '' && { person: find }),
  ...(kind !== null && { kinds: [kind] }),
  ...(since !== null && { since: `${since}T00:00:00.000Z` }),
});
