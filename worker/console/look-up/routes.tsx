/** Look up: a tenant, its cycles, a person, findings, the journal. Mounted below `/t/:place`; the list of tenants is for operators. */
import { Hono } from 'hono';
import { queryWorker } from '../../../client/remote/query.ts';
import { shownTenants } from '../../../client/remote/status-of-all.ts';
import { tenantInFull } from '../../../client/remote/status-of-one.ts';
import { changesIn } from '../../../client/render/estimate.ts';
import { whyTitle } from '../../../client/render/words/why-words.ts';
import { operatorPages, pagesBelow } from '../../../domain/console-pages.ts';
import type { CycleReport } from '../../../domain/contract/report.ts';
import type { WhyAnswer } from '../../../domain/contract/why.ts';
import { oneLine } from '../../../domain/shown-text.ts';
import type { ConsoleContext, ConsoleDeps, ConsoleEnv } from '../deps.ts';
import { mayLook } from '../guard.ts';
import { sendPage } from '../layout.tsx';
import { sendNotFound } from '../plain-pages.tsx';
import { CyclePage, CyclesPage, cyclesPerPage } from './cycles-page.tsx';
import { FindingsPage } from './findings-page.tsx';
import { journalRoutes } from './journal-routes.tsx';
import { Lines, type LinesProps } from './lines.tsx';
import {
  findingsAddress,
  type LineStatus,
  lineStatuses,
  linesAddress,
  listAddress,
  waitingStatuses,
} from './look-up-address.ts';
import { PeoplePage } from './person-page.tsx';
import { TenantPage } from './tenant-page.tsx';
import { TenantsPage } from './tenants-page.tsx';

export function lookUpRoutes({ client, now }: ConsoleDeps): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  app.use(mayLook);

  app.get('/', async (context) => {
    const { tenant, base } = context.var;
    const report = await tenantInFull(client, tenant);
    const body = <TenantPage pages={pagesBelow(base)} report={report} nowMs={now().getTime()} />;
    return await sendPage(context, { title: tenant, current: 'overview', body });
  });

  app.get('/people', async (context) => {
    const { tenant, base } = context.var;
    const { find, after: from } = listAddress.parse(context.req.query());
    const answer =
      find === '' ? null : await queryWorker(client, { about: 'why', tenant, subject: find, from });
    const body = <PeoplePage pages={pagesBelow(base)} find={find} answer={answer} from={from} />;
    return await sendPage(context, { title: titleOf(answer), current: 'people', body });
  });

  app.get('/cycles', async (context) => {
    const { tenant, base } = context.var;
    const { after: before } = listAddress.parse(context.req.query());
    const cycles = await queryWorker(client, {
      ...{ about: 'cycles', tenant, limit: cyclesPerPage },
      ...(before > 0 && { before }),
    });
    const body = <CyclesPage pages={pagesBelow(base)} cycles={cycles} before={before} />;
    return await sendPage(context, { title: 'Cycles', current: 'cycles', body });
  });

  app.get('/cycles/:number{[0-9]{1,9}}', async (context) => {
    const { tenant, base } = context.var;
    const number = Number(context.req.param('number'));
    const cycle = await queryWorker(client, { about: 'cycle', tenant, cycle: number });
    if (cycle === null) return await sendNotFound(context);
    const list = await linesOf(context, cycle, {
      path: pagesBelow(base).cycle(number),
      statuses: lineStatuses,
    });
    const body = <CyclePage cycle={cycle} list={list} />;
    return await sendPage(context, { title: `Cycle ${number}`, current: 'cycles', body });
  });

  app.get('/holds', async (context) => {
    const { tenant, base } = context.var;
    const finished = await lastFinished(tenant);
    const where = { path: pagesBelow(base).holds, statuses: waitingStatuses };
    const body = finished ? (
      <Lines {...(await linesOf(context, finished, where))} />
    ) : (
      <p class="soft">No cycle has ended yet.</p>
    );
    return await sendPage(context, { title: 'What waits', current: 'holds', body });
  });

  app.get('/findings', async (context) => {
    const { tenant, base } = context.var;
    const { find, kind, after } = findingsAddress.parse(context.req.query());
    const [findings, counts] = await Promise.all([
      queryWorker(client, { about: 'openFindings', tenant, kind, part: find, after }),
      queryWorker(client, { about: 'findingCounts', tenant }),
    ]);
    const body = <FindingsPage {...{ pages: pagesBelow(base), findings, counts, kind, find, after }} />;
    return await sendPage(context, { title: 'Findings', current: 'findings', body });
  });

  app.route('/', journalRoutes(client));

  const lastFinished = async (tenant: string): Promise<CycleReport | null> => {
    const cycles = await queryWorker(client, { about: 'cycles', tenant, limit: 2 });
    return cycles.find(({ finishedAt }) => finishedAt !== null) ?? null;
  };

  /** The changes that the address asks for, of a cycle or of the plan that stands after it. */
  async function linesOf(
    context: ConsoleContext,
    { number, counts }: CycleReport,
    { path, statuses }: { path: string; statuses: readonly LineStatus[] },
  ): Promise<LinesProps> {
    const { tenant, base } = context.var;
    const address = linesAddress.parse(context.req.query());
    const status = statuses.find((each) => each === address.status) ?? statuses[0] ?? 'done';
    const { find, after } = address;
    const lines = await queryWorker(client, {
      ...{ about: 'lines', tenant, cycle: number, status, part: find, after },
    });
    const totals = { done: changesIn(counts), held: counts.held, failed: counts.failed };
    return { pages: pagesBelow(base), path, statuses, status, find, after, lines, totals };
  }

  return app;
}

function titleOf(answer: WhyAnswer): string {
  return answer === null || answer.kind === 'ambiguous' ? 'People and teams' : oneLine(whyTitle(answer));
}

/** Mounted at `/tenants`. */
export function tenantListRoutes({ client, links }: ConsoleDeps): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  app.get('/', async (context) => {
    const { find, after } = listAddress.parse(context.req.query());
    const tenants = await shownTenants(client, { part: find, after });
    const { pathOf } = links;
    const body = <TenantsPage {...{ path: operatorPages.tenants, tenants, find, after, pathOf }} />;
    return await sendPage(context, { title: 'Tenants', body });
  });
  return app;
}
