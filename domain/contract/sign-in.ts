/** The sign-in to Timely: the command has the browser, and a worker has the secrets. */

/** The parts of the address that the browser opens. */
export interface SignInRequest {
  /** Where Timely sends the browser with the code; `urn:ietf:wg:oauth:2.0:oob` shows the code instead. */
  redirectUri: string;
  /** Random. It returns with the code and proves that the code belongs to this sign-in. */
  state: string;
  /** SHA-256 of the verifier, base64url (RFC 7636). */
  codeChallenge: string;
}

/** The result of a sign-in. The code works once, and only with the verifier and the application's secret. */
export interface SignInCode {
  code: string;
  codeVerifier: string;
  /** The same as in `SignInRequest`. */
  redirectUri: string;
}

/** The user in whose name the sync acts from now on. */
export interface SignedInUser {
  name: string;
  email: string;
  /** Role in the Timely account. */
  role: string;
  /** Only an admin may do everything that the sync does (docs/reference/timely-api.md section 4). */
  isAdmin: boolean;
}
