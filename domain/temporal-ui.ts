/** Addresses of pages of Temporal's UI. */

import { otherSubjects } from './plan/subject-tags.ts';

/** Where Temporal's UI is, and the namespace that it is to show. */
export interface TemporalUi {
  /** Without a slash at its end. */
  url: string;
  namespace: string;
}

/** The page of a workflow: its newest run. */
export const workflowPage = (ui: TemporalUi, workflowId: string): string =>
  `${workflowsOf(ui)}/${encodeURIComponent(workflowId)}`;

/** The list of the workflows that a query finds. */
export const listPage = (ui: TemporalUi, query: string): string =>
  `${workflowsOf(ui)}?query=${encodeURIComponent(query)}`;

/** Finds the open requests of a tenant, or with null of all. */
export const openApprovalsQuery = (tenant: string | null): string => {
  const open = 'WorkflowType="approval" AND ExecutionStatus="Running"';
  return tenant === null ? open : `${open} AND WorkflowId STARTS_WITH "tenant/${tenant}/"`;
};

/** Finds all workflows of a tenant. */
export const tenantQuery = (tenant: string): string =>
  `WorkflowId="tenant/${tenant}" OR WorkflowId STARTS_WITH "tenant/${tenant}/"`;

/** The search attribute with the tags of those whom a run concerns (domain/plan/subject-tags.ts). */
export const subjectsAttribute = 'SyncSubjects';

/** Finds the runs of a tenant that concern one person or team, and those with too many subjects to name them all. */
export const subjectQuery = (tenant: string, tag: string): string =>
  `${subjectsAttribute} IN ("${tag}", "${otherSubjects}") AND WorkflowId STARTS_WITH "tenant/${tenant}/"`;

/** Finds the loops of all tenants. */
export const runningTenantsQuery = 'WorkflowType="tenantSync" AND ExecutionStatus="Running"';

const workflowsOf = ({ url, namespace }: TemporalUi) =>
  `${url}/namespaces/${encodeURIComponent(namespace)}/workflows`;
