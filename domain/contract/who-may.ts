/** Who has signed in to the console, and what the tenant file lets them do. */

/** A person as the sign-in proves them. */
export interface SignedIn {
  /** Their object id in the tenant's directory; null when another service has signed them in. */
  subject: string | null;
  /** Only addresses that the sign-in proves. */
  addresses: string[];
}

export interface WhoMay {
  /** The address under which they answer; null when nothing proves one. */
  by: string | null;
  /** Their name in the directory; null when it does not know them. */
  name: string | null;
  mayDecide: boolean;
  mayLook: boolean;
  /** Whether the tenant file has `approvals.who`. Without it nobody decides on the page. */
  isWhoNamed: boolean;
}

/** For a person who may do nothing, and for a tenant that does not exist: they are told the same. */
export const mayNothing: WhoMay = {
  by: null,
  name: null,
  mayDecide: false,
  mayLook: false,
  isWhoNamed: false,
};
