/** Faults of signing people in, the same for every directory. */
import type { FaultDefinition } from '../faults.ts';

/** The provider carries it out. */
const carriedOut = (about: string): FaultDefinition => ({ about, make: () => ({}) });

/** The faults for the table of a simulator. */
export const openIdFaultTable = {
  signInDeclined: carriedOut('The person declines: the answer is error=access_denied.'),
  stateWrong: carriedOut('The answer of a sign-in has a state that nobody sent.'),
  codeReplayed: carriedOut('The answer of a sign-in has the code of the sign-in before.'),
  codeExpired: carriedOut('All codes have expired when the next one is redeemed.'),
  nonceWrong: carriedOut('ID tokens have another nonce than the request.'),
  audienceWrong: carriedOut('ID tokens are for another application.'),
  issuerWrong: carriedOut('ID tokens are of another issuer.'),
  signatureWrong: carriedOut('ID tokens are signed by a key that is not published.'),
  idTokenUnsigned: carriedOut('ID tokens have no signature (alg: none).'),
  idTokenExpired: carriedOut('ID tokens expired an hour ago.'),
};
export type OpenIdFault = keyof typeof openIdFaultTable;
