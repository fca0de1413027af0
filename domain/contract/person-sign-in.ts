/** People who sign in to the console: the console has the browser, and a worker has the secrets of the sign-in. */

/** What the address that the browser opens has in it, as OpenID Connect asks for it. */
export interface PersonSignInRequest {
  /** Where the sign-in service sends the browser back to. */
  redirectUri: string;
  /** Random. It returns with the code. */
  state: string;
  /** Random. It returns in the ID token. */
  nonce: string;
  /** SHA-256 of the verifier, base64url (RFC 7636). */
  codeChallenge: string;
  /** Whether the service is to ask which account, even if the browser is signed in to one. */
  asksForAccount: boolean;
}

/** What came back, and what it has to fit. */
export interface PersonSignInAnswer {
  /** The query of the address that the browser was sent back to. */
  parameters: string;
  redirectUri: string;
  state: string;
  nonce: string;
  codeVerifier: string;
}

/** A person whom a sign-in service has named. */
export interface NamedPerson {
  /** Their object id in the tenant's directory; null when another service has signed them in. */
  subject: string | null;
  /** Only addresses that the sign-in proves. */
  addresses: string[];
  name: string;
}

/** `refusal`: a word for the log of why nobody signed in. It names nobody. */
export type PersonSignInOutcome = { person: NamedPerson } | { refusal: string };
