/** Each fault of refusals and cut connections that a cycle handles by itself. refused-reads.test.ts has one of each kind. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  type FaultyDirectory,
  furtherRefusals,
  openFaultyDirectory,
  refusalsOfEachKind,
} from '../support/faulty-directory.ts';

let directory: FaultyDirectory;

beforeAll(async () => {
  directory = await openFaultyDirectory();
});
afterAll(() => directory.close());

test.each([...refusalsOfEachKind, ...furtherRefusals])(
  'ends a cycle right despite %s',
  async (_name, faults, kind) => {
    expect(await directory.cycleUnder(faults, kind)).toMatchObject({ complete: true, reasons: [] });
  },
);
