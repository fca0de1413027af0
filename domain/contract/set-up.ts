/** The set-up of a tenant in the browser: the command makes the link, and the console goes on with it. */

/** Whoever asks a worker for a link gives a digest of its token only. */
export interface InvitationReport {
  tenant: string;
  /** What stands before the token in the link. */
  address: string;
  /** ISO 8601: until then the link can be opened. */
  opensUntil: string;
  /** An earlier link, opened or not, has ended with this one. */
  replacesLink: boolean;
  /** The tenant has a file, which the set-up replaces. */
  hasFile: boolean;
}

/** What a browser needs to go on with a set-up: digests, SHA-256 in hex, of the link's token and of what it keeps. */
export interface SetUpBrowser {
  link: string;
  browser: string;
}

/** A set-up that the browser may go on with. */
export interface SetUpReport {
  tenant: string;
  /** ISO 8601: until then this browser can go on. */
  endsAt: string;
  /** What has been answered so far, as the console encrypted it, base64; null before the first answer. */
  draft: string | null;
}

/** A secret as the console encrypted it, base64. */
export interface SealedSecret {
  name: string;
  encrypted: string;
}

/** What the console seals for the tenant under this name when it has made sure who goes on in another browser. */
export const movedSetUpProof = {
  name: 'moved-set-up',
  textOf: ({ link, browser }: SetUpBrowser): string => `${link} ${browser}`,
} as const;

/** `linkUnopened`, `openedSetUp`, `setUp` and `mayConsent` only read. */
export type SetUpQuery =
  | { about: 'invite'; tenant: string; link: string; by: string }
  | { about: 'revokeInvitation'; tenant: string; by: string }
  /** Whether a link can be opened. */
  | { about: 'linkUnopened'; link: string }
  /** Opens the link for this browser, unless it has done so before. */
  | ({ about: 'openSetUp' } & SetUpBrowser)
  /** What was begun with a link, whichever browser goes on with it. */
  | { about: 'openedSetUp'; link: string }
  /** Another browser goes on. `proof`: `movedSetUpProof`, sealed. */
  | ({ about: 'moveSetUp'; proof: SealedSecret } & SetUpBrowser)
  | ({ about: 'setUp' } & SetUpBrowser)
  | ({ about: 'saveSetUp'; draft: string; secrets: SealedSecret[] } & SetUpBrowser)
  | ({ about: 'finishSetUp' } & SetUpBrowser)
  /**
   * Whether a person holds a role of the file's directory that may consent to applications. `proof`: that the person has signed
   * in there, which nobody else can make.
   */
  | { about: 'mayConsent'; tenant: string; file: unknown; personId: string; proof: SealedSecret };
