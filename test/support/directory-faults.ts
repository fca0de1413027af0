/** Faults of the simulated directory that a read detects or survives, for tests that choose from them. */
import type { MicrosoftFault } from '../../simulators/microsoft/faults/faults.ts';

/** Faults in a page of a delta round. */
export const pageFaults = [
  'emptyPage',
  'lastPageMissing',
  'repeatCursor',
  'foreignNextLink',
  'wallOfNulls',
  'movedToNextPage',
  'liveAndRemoved',
] as const satisfies MicrosoftFault[];

/** Faults in place of a page. */
export const responseFaults = [
  'cursorExpired400',
  'cursorGone410',
  'throttle',
  'unavailable',
  'tokenExpired',
  'permissionLost',
  'dropConnection',
  'cutBody',
] as const satisfies MicrosoftFault[];
