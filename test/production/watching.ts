/** The files for Prometheus and Grafana, parsed. */
import { parse } from 'yaml';
import { z } from 'zod';
import { projectFile } from './files.ts';

const rule = z.strictObject({
  alert: z.string(),
  expr: z.string(),
  for: z.string().regex(/^\d+[smhd]$/),
  labels: z.strictObject({ severity: z.enum(['info', 'warning', 'critical']) }),
  annotations: z.strictObject({ summary: z.string(), runbook: z.string() }),
});
const rules = z.object({ groups: z.array(z.object({ name: z.string(), rules: z.array(rule) })) });

export const alerts = rules
  .parse(parse(projectFile('deploy', 'prometheus', 'alerts.yaml')))
  .groups.flatMap((group) => group.rules);

const panel = z.object({
  title: z.string(),
  targets: z.array(z.object({ expr: z.string(), legendFormat: z.string() })),
});
const dashboard = z.object({ title: z.string(), uid: z.string(), panels: z.array(panel) });

export const { panels } = dashboard.parse(JSON.parse(projectFile('deploy', 'grafana', 'dashboard.json')));
