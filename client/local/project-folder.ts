import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Folder of the checkout or of the container image: the nearest one above the file given that has a package.json. */
export function projectFolder(below = import.meta.dirname): string {
  return existsSync(join(below, 'package.json')) ? below : projectFolder(dirname(below));
}
