/** One plan and its gate in a process of their own. Prints their cost as JSON. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectFolder } from '../../client/local/project-folder.ts';
import { syncRules } from '../../config/rules.ts';
import { parseTenantFile } from '../../config/tenant-file.ts';
import { gateChanges } from '../../domain/gate/gate.ts';
import { computePlan } from '../../domain/plan/plan.ts';
import { peakMemory } from '../support/processes.ts';
import { type PlanSize, planSides } from './plan-company.ts';

console.log(JSON.stringify(await measure(JSON.parse(process.argv[2] ?? '{}'))));

async function measure(size: PlanSize) {
  const { directory, timely, personLinks } = planSides(size);
  const rules = await contosoRules();
  const beforeMiB = process.memoryUsage.rss() / 2 ** 20;
  const digest = (text: string) => createHash('sha256').update(text).digest('hex');
  const now = '2026-11-23T12:00:00.000Z';
  const startedAt = performance.now();
  const made = computePlan({ rules, now, directory, timely, personLinks, teamLinks: [], digest });
  const plannedAt = performance.now();
  const gated = gateChanges({
    rules,
    plan: made,
    directory,
    timely,
    personLinks,
    teamLinks: [],
    firstCycle: !size.linked,
    recentRemovals: 0,
    approved: new Set(),
    requestedRules: new Map(),
  });
  return {
    changes: gated.length,
    planMs: plannedAt - startedAt,
    gateMs: performance.now() - plannedAt,
    beforeMiB,
    peakMiB: await peakMemory(process.pid),
  };
}

async function contosoRules() {
  const file = join(projectFolder(), 'tenants', 'contoso.yaml');
  return syncRules(parseTenantFile(await readFile(file, 'utf8'), file));
}
