import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { say } from './project.mjs';

const lookAgainAfterMs = 200;

/**
 * Does some work while no other process does: the lock file holds the holder's process id, and the lock of a process that
 * is gone is taken over.
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
  let saidThatWeWait = false;
  while (!(await tryToTake(file))) {
    const holder = Number(await readFile(file, 'utf8').catch(() => ''));
    if (holder > 0 && isAlive(holder)) {
      if (!saidThatWeWait) say(`Waiting for the set-up that process ${holder} does in this checkout…`);
      saidThatWeWait = true;
      await sleep(lookAgainAfterMs);
    } else {
      await sleep(lookAgainAfterMs);
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
 * Removes a lock that still names the dead holder (0: nobody, for a moment a file is there before its content is).
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
