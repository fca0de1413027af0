/** Tying a person of the directory to a Timely user by hand, and untying them. */

interface ByHand {
  tenant: string;
  /** E-mail address, name, object id or sign-in name. */
  person: string;
  /** Who asks for it, for the journal. */
  by: string;
  /** A random id from the caller, so that a retry is journaled once. */
  id: string;
}

export interface LinkRequest extends ByHand {
  /** Timely's id of the user, or their e-mail address or name there. */
  timelyUser: string;
}

export type UnlinkRequest = ByHand;

export interface LinkReport {
  tenant: string;
  did: 'linked' | 'unlinked' | 'nothing';
  person: { id: string; name: string; email: string | null };
  timely: { id: number; name: string; email: string; removed: boolean };
  /** What the next cycle does about it, in a sentence. */
  next: string;
}
