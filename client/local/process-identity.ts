import { readFile } from 'node:fs/promises';
import { childEnvironment } from './child-environment.ts';

/** Where the start time stands behind the name in /proc/PID/stat (proc_pid_stat(5): field 22, the state being field 3). */
const startTimeIndex = 22 - 3;

/**
 * Returns what distinguishes a process from a later one with its number: start time and command line. Null when there is no
 * such process.
 */
export async function processIdentity(pid: number): Promise<string | null> {
  return process.platform === 'linux' ? identityOnLinux(pid) : identityByPs(pid);
}

async function identityOnLinux(pid: number): Promise<string | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may hold blanks and brackets of its own.
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z') return null;
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8');
    return `${fields[startTimeIndex - 1]} ${command.replaceAll('\0', ' ').trim()}`;
  } catch {
    return null;
  }
}

async function identityByPs(pid: number): Promise<string | null> {
  // Every command asks for the identity of an `up`; few run where it takes a program.
  const { execa } = await import('execa');
  const format = ['-o', 'lstart=,command='];
  const own = { env: childEnvironment('server'), extendEnv: false };
  const { failed, stdout } = await execa('ps', ['-p', String(pid), ...format], { ...own, reject: false });
  return failed ? null : stdout.trim() || null;
}
