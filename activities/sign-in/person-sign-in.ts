/** Signs people in for the console. The code becomes an ID token here; it and the secrets never leave the workers. */
import type {
  PersonSignInAnswer,
  PersonSignInOutcome,
  PersonSignInRequest,
} from '../../domain/contract/person-sign-in.ts';
import { newestTenantFile, type Services } from '../services.ts';
import { signedInPerson, signInPage } from './open-id.ts';
import { type SignInService, signInServiceOf } from './sign-in-service.ts';

/** @throws ConfigurationError, TransientError as `signInPage`, and as `signInServiceOf` */
export async function personSignInPage(
  services: Services,
  tenant: string,
  request: PersonSignInRequest,
): Promise<string> {
  return await signInPage(await serviceFor(services, tenant), request);
}

/** Throws as `personSignInPage`. */
export async function personSignedIn(
  services: Services,
  tenant: string,
  answer: PersonSignInAnswer,
): Promise<PersonSignInOutcome> {
  return await signInOutcome(await serviceFor(services, tenant), answer);
}

/** What came of a sign-in at a service. Throws as `signInPage`. */
export async function signInOutcome(
  service: SignInService,
  answer: PersonSignInAnswer,
): Promise<PersonSignInOutcome> {
  const result = await signedInPerson(service, answer);
  if ('refusal' in result) return result;
  const person = service.personIn(result.claims);
  return person === null ? { refusal: 'the token names no person of this directory' } : { person };
}

async function serviceFor(services: Services, tenant: string): Promise<SignInService> {
  return await signInServiceOf(await newestTenantFile(services, tenant), await services.access(tenant));
}
