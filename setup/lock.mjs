import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { say } from './project.mjs';

const retryAfterMs = 200;

/**
 * Runs `work` while no other process holds the lock. The lock file holds the holder's process id. Takes over the lock of a
 * process that has ended.
 * @template Result
 * @param {string} file
 * @param {() => Promise<Result>} work
 * @returns {Promise<Result>}
 */
export async function withLock(file, work) {
  await mkdir(dirname(file), { recursive: true });
  await take(file);
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

/** @param {string} file */
async function take(file) {
  let saidWaiting = false;
  while (!(await tryToTake(file))) {
    const holder = Number(await readFile(file, 'utf8').catch(() => ''));
    if (holder > 0 && isAlive(holder)) {
      if (!saidWaiting) say(`Waiting for the set-up by process ${holder} in this checkout…`);
      saidWaiting = true;
      await sleep(retryAfterMs);
    } else {
      await sleep(retryAfterMs);
      await removeIfStill(file, holder);
    }
  }
}

/** @param {string} file */
async function tryToTake(file) {
  try {
    await writeFile(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Removes a lock that still names the ended holder. 0: none, because a new file is empty for a moment.
 * @param {string} file
 * @param {number} holder
 */
async function removeIfStill(file, holder) {
  const now = await readFile(file, 'utf8').catch(() => null);
  if (now !== null && Number(now) === holder) await rm(file, { force: true });
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
