/** Erasing the personal data of one person on request. */

export interface Erasure {
  tenant: string;
  /** E-mail address, object id or name. */
  person: string;
  /** The person who requests the erasure, for the journal. */
  by: string;
  /** A random id from the caller, so that a retry does nothing. */
  id: string;
}

export interface ErasureReport {
  tenant: string;
  /** Number of journal entries that lost their personal data. */
  entries: number;
  /** Whether the directory still has the person. Their data in the replica then stays. */
  stays: boolean;
}
