import { spawn } from 'node:child_process';
import { projectFolder } from './project.mjs';

/** How much of a program's output is kept to explain a failure. */
const keptCharacters = 20_000;

/**
 * @typedef {object} Ended
 * @property {number | null} code null when it was ended by a signal or could not be started
 * @property {string} output what it said on both streams, its end if it was long
 */

/**
 * Runs a program to its end without showing what it says. Never throws: a program that is not there has code null.
 * @param {string} command
 * @param {string[]} args
 * @param {{timeoutMs?: number}} [options]
 * @returns {Promise<Ended>}
 */
export function runQuietly(command, args, { timeoutMs } = {}) {
  return new Promise((resolve) => {
    let output = '';
    const keep = (chunk) => {
      output = (output + chunk).slice(-keptCharacters);
    };
    const child = spawn(command, args, {
      cwd: projectFolder,
      stdio: ['ignore', 'pipe', 'pipe'],
      // Not spawn's own `timeout`: where a program cannot be started its timer would keep us waiting all the same.
      ...(timeoutMs && { signal: AbortSignal.timeout(timeoutMs), killSignal: 'SIGKILL' }),
    });
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (error) => resolve({ code: null, output: `${output}${error.message}` }));
    child.on('close', (code) => resolve({ code, output }));
  });
}

/**
 * Runs a program in this terminal and gives its exit code. A signal to us is passed on to it.
 * @param {string} command
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env] added to ours
 * @returns {Promise<number>}
 */
export function runInTerminal(command, args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: projectFolder,
      stdio: 'inherit',
      env: { ...process.env, ...env },
    });
    const passOn = (signal) => child.kill(signal);
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, passOn);
    child.on('error', reject);
    child.on('close', (code) => {
      for (const signal of signals) process.off(signal, passOn);
      resolve(code ?? 1);
    });
  });
}
