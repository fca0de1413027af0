/** Erasing one person on request. */

export interface Erasure {
  tenant: string;
  /** E-mail address, object id or name. */
  person: string;
  /** Who erases, for the journal. */
  by: string;
  /** Made once by whoever asks, so that a second run does nothing. */
  id: string;
}

export interface ErasureReport {
  tenant: string;
  /** Entries of the journal that lost what concerned the person. */
  entries: number;
  /** The directory still has the person: what the replica has of them stays as long. */
  stays: boolean;
}
