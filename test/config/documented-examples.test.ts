/** Every part of a tenant file that a page shows is valid beside the rest of the shortest file. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { validateTenantFile } from '../../config/tenant-file.ts';
import { project, projectFile } from '../production/files.ts';

const blocksOf = (page: string): string[] =>
  [...projectFile('docs', page).matchAll(/^```\w*\n([\s\S]*?)^```$/gm)].map(([, code = '']) => code);

const isPart = (code: string) =>
  /^(tenant|source|target|scope|roles|teams|names|leavers|safety|approvals|notify|schedule|privacy):/m.test(
    code,
  );

const shortest = parse(blocksOf('tenant-file.md').find((code) => code.startsWith('tenant: contoso')) ?? '');

const examples = readdirSync(join(project, 'docs'))
  .filter((name) => name.endsWith('.md'))
  .flatMap((page) =>
    blocksOf(page)
      .filter(isPart)
      .map((code) => ({ page, code })),
  );

test('the pages show parts of tenant files', () => {
  expect(Object.keys(shortest)).toEqual(['tenant', 'source', 'target', 'scope']);
  expect(examples.length).toBeGreaterThan(12);
});

test.each(examples)('$page: $code', ({ code }) => {
  expect(() => validateTenantFile({ ...shortest, ...parse(code) })).not.toThrow();
});
