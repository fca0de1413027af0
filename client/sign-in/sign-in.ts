/** Signing in to Timely: the browser is here, the application's secret and the tokens are with the workers. */
import type { Client } from '@temporalio/client';
import type { SignedInUser } from '../../domain/contract/sign-in.ts';
import { redeemCode, type SignInSubject } from '../remote/begin/connect.ts';
import { challengeOf, randomText } from '../remote/begin/sign-in-secrets.ts';
import { queryWorker } from '../remote/query.ts';
import type { CodeReceiver } from './code-receiver.ts';

export interface SignInSteps {
  /** Begins to listen for the code of the sign-in with this `state`. */
  receive(state: string): Promise<CodeReceiver>;
  /** Shows a person the address to open. */
  show(address: string): void;
}

/**
 * Signs in for a tenant. State and PKCE make sure that only this sign-in's code is taken, and that it is worth nothing
 * to others (RFC 7636). Returns the user that the sync acts as from now on.
 * @throws CommandError when no code comes; the Temporal client's errors, among them the worker's when Timely refuses it
 */
export async function signIn(
  client: Client,
  subject: SignInSubject,
  steps: SignInSteps,
): Promise<SignedInUser> {
  const [state, codeVerifier] = [randomText(), randomText()];
  const codeChallenge = challengeOf(codeVerifier);
  const receiver = await steps.receive(state);
  try {
    const { redirectUri } = receiver;
    steps.show(
      await queryWorker(client, { about: 'signInAddress', ...subject, redirectUri, state, codeChallenge }),
    );
    const code = await receiver.code();
    return await redeemCode(client, subject, { code, codeVerifier, redirectUri });
  } finally {
    await receiver.close();
  }
}
