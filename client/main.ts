/** The command `timely-sync`, as a process. */
import module from 'node:module';
import { join } from 'node:path';
import { projectFolder } from './local/project-folder.ts';
import { terminalSession } from './terminal.ts';

// Node 22 can keep what it compiled: the next process starts sooner. Where the folder cannot be written, nothing is kept.
const { enableCompileCache } = module as { enableCompileCache?: (folder: string) => unknown };
enableCompileCache?.(join(projectFolder(), '.cache', 'compiled'));

const { run } = await import('./program.ts');
process.exitCode = await run(process.argv.slice(2), terminalSession());
