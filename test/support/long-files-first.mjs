/** Runs the folders with the longest test files first, so that no long file runs alone at the end. */
import TestSequencer from '@jest/test-sequencer';

/** Long files mostly wait; the files of all other folders are short and use the processor. */
const longFolders = ['journeys', 'chaos', 'browser', 'workflows', 'activities', 'client'];

const rankOf = ({ path }) => {
  const rank = longFolders.findIndex((folder) => path.includes(`/test/${folder}/`));
  return rank < 0 ? longFolders.length : rank;
};

export default class LongFilesFirst extends TestSequencer {
  /** Within a folder, jest starts with failed and long files, by what it remembers of the last run. */
  sort(tests) {
    return super.sort(tests).toSorted((one, other) => rankOf(one) - rankOf(other));
  }
}
