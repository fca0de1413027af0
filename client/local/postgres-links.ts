import { readFile, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { z } from 'zod';

const linkList = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * Makes the links between PostgreSQL's libraries, which its package leaves to an install script. npm may not run it
 * (`ignore-scripts`, `allowScripts`). Without the links the server does not start on macOS and some Linux systems. Links that
 * are there, and a folder that cannot be written, are left as they are.
 */
export async function repairPostgresLinks(packageFolder: string): Promise<void> {
  const list = await readFile(join(packageFolder, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links = linkList.parse(JSON.parse(list));
  await Promise.allSettled(
    links.map(({ source, target }) =>
      symlink(relative(dirname(target), source), join(packageFolder, target)),
    ),
  );
}
