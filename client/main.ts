/** The command `timely-sync`, as a process. */
import { run } from './program.ts';
import { terminalSession } from './terminal.ts';

process.exitCode = await run(process.argv.slice(2), terminalSession());
