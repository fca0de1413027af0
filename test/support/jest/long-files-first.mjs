/**
 * Mixes the test files that mostly wait with those that use the processor, so that neither is left for the end, and begins
 * with the long ones of each.
 */
import TestSequencer from '@jest/test-sequencer';

const waitingFolders = ['journeys', 'chaos', 'browser', 'workflows'];
const longFolders = [...waitingFolders, 'activities', 'client', 'replay', 'worker', 'store'];
/** Files that use the processor for each one that waits. */
const mixed = 2;

const rankIn = (folders, { path }) => {
  const rank = folders.findIndex((folder) => path.includes(`/test/${folder}/`));
  return rank < 0 ? folders.length : rank;
};

export default class LongFilesFirst extends TestSequencer {
  /** Within a folder, jest starts with failed and long files, by what it remembers of the last run. */
  sort(tests) {
    const ordered = super
      .sort(tests)
      .toSorted((one, other) => rankIn(longFolders, one) - rankIn(longFolders, other));
    const isWaiting = (file) => rankIn(waitingFolders, file) < waitingFolders.length;
    const busy = ordered.filter((file) => !isWaiting(file));
    const sequence = ordered.filter(isWaiting).flatMap((file) => [file, ...busy.splice(0, mixed)]);
    return [...sequence, ...busy];
  }
}
