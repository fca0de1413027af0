/** Faults of the simulated directory that a reading sees or gets over, as the tests that draw from them share them. */
import type { MicrosoftFault } from '../../simulators/microsoft/faults/faults.ts';

/** What is wrong with a page of a delta round. */
export const pageFaults = [
  'emptyPage',
  'lastPageMissing',
  'repeatCursor',
  'foreignNextLink',
  'wallOfNulls',
  'movedToNextPage',
  'liveAndRemoved',
] as const satisfies MicrosoftFault[];

/** What is answered in place of a page. */
export const answerFaults = [
  'cursorExpired400',
  'cursorGone410',
  'throttle',
  'unavailable',
  'tokenExpired',
  'permissionLost',
  'dropConnection',
  'cutBody',
] as const satisfies MicrosoftFault[];
