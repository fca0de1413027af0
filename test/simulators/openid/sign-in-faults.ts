/** Faults of simulated sign-ins (simulators/openid/faults.ts) after which nobody is signed in. */
import type { OpenIdFault } from '../../../simulators/openid/faults.ts';

/** Answers that a client has to refuse. */
export const forgedSignIns = [
  'stateWrong',
  'codeExpired',
  'nonceWrong',
  'audienceWrong',
  'issuerWrong',
  'signatureWrong',
  'idTokenUnsigned',
  'idTokenExpired',
] as const satisfies readonly OpenIdFault[];

export const failingSignIns = ['signInDeclined', ...forgedSignIns] as const;
