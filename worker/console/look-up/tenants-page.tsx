/** All tenants, for those who run the installation. */
import type { ShownTenant } from '../../../client/remote/status-of-all.ts';
import type { Page } from '../../../domain/contract/report.ts';
import { totalFindings } from '../../../domain/plan/finding-kinds.ts';
import { addressWith, Pager, Search, Table } from '../elements/lists.tsx';
import { grouped, Moment } from '../elements/text.tsx';

export interface TenantsPageProps {
  path: string;
  tenants: Page<ShownTenant>;
  find: string;
  after: number;
  /** The address of a tenant's pages. */
  pathOf: (tenant: string) => string;
}

export const TenantsPage = ({ path, tenants, find, after, pathOf }: TenantsPageProps) => (
  <>
    <Search action={path} label="Name of a tenant" value={find} />
    <Table
      caption="Tenants"
      head={[
        'Tenant',
        'Health',
        'Now',
        'In scope',
        'Held',
        'Failed',
        'Requests',
        'Findings',
        'Last cycle',
        'Next cycle',
      ]}
      none={find === '' ? 'There is no tenant yet.' : 'No tenant has that in its name.'}
      rows={tenants.items.map((line) => [
        <a href={pathOf(line.tenant)}>{line.tenant}</a>,
        <Health line={line} />,
        line.stage === 'silent' ? 'no worker answers' : line.stage,
        line.lastCycle ? grouped(line.lastCycle.counts.inScope) : '–',
        grouped(line.held),
        grouped(line.failed),
        grouped(line.openApprovals),
        grouped(totalFindings(line.findings)),
        <Moment at={line.lastCycle?.finishedAt ?? null} />,
        <Moment at={line.nextCycleAt} />,
      ])}
    />
    <Pager
      start={addressWith(path, { find })}
      isFirst={after === 0}
      next={tenants.next === null ? null : addressWith(path, { find, after: tenants.next })}
    />
  </>
);

function Health({ line: { lastCycle, health, stage } }: { line: ShownTenant }) {
  if (lastCycle === null && health === 'ok') return <>never read</>;
  const isWell = health === 'ok' && stage !== 'stuck' && stage !== 'silent';
  return <span class={isWell ? 'good' : 'bad'}>{health}</span>;
}
