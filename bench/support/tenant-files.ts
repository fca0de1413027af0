/** Tenant files for benchmarks: those of the sandbox, with edits. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectFolder } from '../../client/local/project-folder.ts';

/** Replaces each match of `from`. */
export type TenantFileEdit = readonly [from: string | RegExp, to: string];

/** Holds no removal or invitation, and starts no cycle by the clock. */
export const withoutLimits: readonly TenantFileEdit[] = [
  [/removals: \{ max: .*/, 'removals: { max: 100000, percent: 100 }'],
  [/invitations: \{ max: .*/, 'invitations: { max: 100000 }'],
  [/every: \S+/, 'every: 1h'],
];

/**
 * Writes a tenant file of the sandbox with edits into the folder and returns its path.
 * @throws Error when an edit matches nothing: the benchmark would measure something else
 */
export async function writeTenantFile(
  folder: string,
  edits: readonly TenantFileEdit[],
  { name = 'tenant.yaml', base = 'contoso.yaml' } = {},
): Promise<string> {
  let text = await readFile(join(projectFolder(), 'tenants', base), 'utf8');
  for (const [from, to] of edits) {
    const isThere = typeof from === 'string' ? text.includes(from) : from.test(text);
    if (!isThere) throw new Error(`tenants/${base} has no match for ${from}.`);
    text = text.replaceAll(typeof from === 'string' ? from : new RegExp(from, 'g'), to);
  }
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}
