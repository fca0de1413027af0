import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { projectFile } from './files.ts';
import { alerts, panels } from './watching.ts';

const page = projectFile('docs', 'alerts.md');

test('docs/alerts.md has exactly one section for each alert', () => {
  const places = [...page.matchAll(/^<a id="([\w-]+)"><\/a>\n## (\w+)$/gm)].map(([, anchor, name]) => [
    name,
    `docs/alerts.md#${anchor}`,
  ]);
  expect(alerts.map(({ alert, annotations }) => [alert, annotations.runbook]).sort()).toEqual(places.sort());
  expect(places.length).toBe(page.match(/^## /gm)?.length);
});

test('alerts cover a silent tenant and silent workers', () => {
  const expressions = alerts.map(({ expr }) => expr).join('\n');
  expect(expressions).toContain('time() - max by (tenant) (timely_sync_last_good_cycle_timestamp_seconds)');
  expect(expressions).toContain('absent(up{job="timely-sync"} == 1)');
});

test('panels and alerts have unique names, and the example loads the rules', () => {
  const names = [...panels.map(({ title }) => title), ...alerts.map(({ alert }) => alert)];
  expect(new Set(names).size).toBe(names.length);
  const example = parse(projectFile('deploy', 'prometheus', 'prometheus.yaml'));
  expect(example.rule_files).toEqual(['alerts.yaml']);
  expect(example.scrape_configs[0].job_name).toBe('timely-sync');
});
