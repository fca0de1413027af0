/** Signing in to Timely in a browser: what goes between the command, which has the browser, and a worker, which has the secrets. */

/** What the address that the browser opens is made from. */
export interface SignInRequest {
  /** Where Timely sends the browser with the code; `urn:ietf:wg:oauth:2.0:oob` shows the code instead. */
  redirectUri: string;
  /** Random; comes back with the code, so that a code of somebody else's sign-in is known for one. */
  state: string;
  /** SHA-256 of the verifier, base64url (RFC 7636). */
  codeChallenge: string;
}

/** What a sign-in brought. The code works once, and only with the verifier and the application's secret. */
export interface SignInCode {
  code: string;
  codeVerifier: string;
  /** The same as in the request. */
  redirectUri: string;
}

/** In whose name the sync acts from then on. */
export interface SignedInUser {
  name: string;
  email: string;
  /** Role in the Timely account. */
  role: string;
  /** Only an admin may do all that the sync does (docs/reference/timely-api.md section 4). */
  isAdmin: boolean;
}
