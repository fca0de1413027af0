/** Tenant files for benchmarks: the sandbox's, with what a measurement wants otherwise. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectFolder } from '../../client/local/project-folder.ts';

/** What is replaced by what. */
export type TenantFileEdit = readonly [from: string | RegExp, to: string];

/** So many removals and invitations would be held; and no cycle may come by the clock. */
export const withoutLimits: readonly TenantFileEdit[] = [
  [/removals: \{ max: .*/, 'removals: { max: 100000, percent: 100 }'],
  [/invitations: \{ max: .*/, 'invitations: { max: 100000 }'],
  [/every: \S+/, 'every: 1h'],
];

/**
 * Writes the sandbox's tenant file into the folder and answers its path.
 * @throws Error when there is nothing to replace: then something else than meant would be measured
 */
export async function writeTenantFile(
  folder: string,
  edits: readonly TenantFileEdit[],
  name = 'tenant.yaml',
): Promise<string> {
  let text = await readFile(join(projectFolder(), 'tenants', 'contoso.yaml'), 'utf8');
  for (const [from, to] of edits) {
    const isThere = typeof from === 'string' ? text.includes(from) : from.test(text);
    if (!isThere) throw new Error(`tenants/contoso.yaml has nothing like ${from}.`);
    text = text.replaceAll(typeof from === 'string' ? from : new RegExp(from, 'g'), to);
  }
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}
