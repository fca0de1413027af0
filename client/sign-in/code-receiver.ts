/** Takes the code of a sign-in from the browser, one way or another. */
export interface CodeReceiver {
  /** Where Timely sends the browser with the code. */
  redirectUri: string;
  /** @throws CommandError when Timely refused the sign-in, or none came in time */
  code(): Promise<string>;
  close(): Promise<void>;
}
