/** Reads of a directory without Temporal. */
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import type { CycleKey } from '../../../activities/cycle/open-cycle.ts';
import type { createReadDirectoryActivities } from '../../../activities/read/read-directory.ts';
import { isPermanent, SyncError } from '../../../domain/errors.ts';

type ReadDirectory = ReturnType<typeof createReadDirectoryActivities>['readDirectory'];

export interface Attempts {
  /** One unless given. */
  attempts?: number;
  before?(attempt: number): void;
}

/** As Temporal runs it: what may pass is tried again, but without waiting. */
export async function readWithRetries(
  readDirectory: ReadDirectory,
  key: CycleKey,
  { attempts = 1, before }: Attempts,
) {
  for (let attempt = 1; ; attempt += 1) {
    before?.(attempt);
    const environment = new MockActivityEnvironment({ attempt }, { logger: new DefaultLogger('ERROR') });
    try {
      return await (environment.run(readDirectory, key) as ReturnType<ReadDirectory>);
    } catch (error) {
      if (!(error instanceof SyncError) || isPermanent(error) || attempt === attempts) throw error;
    }
  }
}

/** An account that was read before: without one, each cycle would be a full one. */
export const accountRead = {
  wholeAt: new Date(),
  account: { id: 987654, name: 'Contoso', ownerId: null, seats: null, userCount: null, usersMax: null },
  roles: [],
  ownUserId: 1,
  watermark: 0,
  complete: true,
};
