import { spawn } from 'node:child_process';
import { projectFolder } from './project.mjs';

/** Characters of a program's output that are kept to explain a failure. */
const keptCharacters = 20_000;

/**
 * @typedef {object} Ended
 * @property {number | null} code null when a signal ended the program or it could not start
 * @property {string} output the end of its output on both streams
 */

/**
 * Runs a program to its end without showing its output. Never throws: a missing program has code null.
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
      // Not spawn's own `timeout`: its timer keeps this process alive even when the program cannot start.
      ...(timeoutMs && { signal: AbortSignal.timeout(timeoutMs), killSignal: 'SIGKILL' }),
    });
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (error) => resolve({ code: null, output: `${output}${error.message}` }));
    child.on('close', (code) => resolve({ code, output }));
  });
}

/**
 * Runs a program in this terminal, passes signals on to it, and returns its exit code.
 * @param {string} command
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env] added to this process's environment
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
