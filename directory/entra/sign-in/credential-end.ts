/** When the credential of the application expires, as far as Entra ID shows it. */
import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { ContractError, PermissionError } from '../../../domain/errors.ts';
import { type GraphClient, readResponse } from '../graph/graph-client.ts';
import { type GraphCall, isMissingObject, isUnknownCall } from '../graph/graph-errors.ts';
import type { EntraSourceSettings } from '../settings.ts';

const call: GraphCall = { operation: 'GET /applications(appId)', permission: 'Application.Read.All' };

const application = z.object({
  passwordCredentials: z
    .array(z.object({ endDateTime: z.coerce.date().nullish(), hint: z.string().nullish() }))
    .nullish(),
});

export type CredentialEnd =
  | { known: true; at: Date }
  /** It is renewed from outside, or never expires. */
  | { known: true; at: null }
  | { known: false; reason: string };

/**
 * When the credential of `settings` expires. A certificate says so itself. For a client secret, only the registration
 * of the application does, if we may read it.
 * @throws the errors of `GraphClient.send`, except for a missing permission
 */
export async function credentialEnd(
  graph: GraphClient,
  { clientId, credential }: EntraSourceSettings,
): Promise<CredentialEnd> {
  switch (credential.kind) {
    case 'certificate':
      return { known: true, at: new Date(new X509Certificate(credential.pem).validTo) };
    case 'secret':
      return await secretEnd(graph, clientId, credential.secret);
    case 'federatedToken':
    case 'managedIdentity':
      return { known: true, at: null };
  }
}

async function secretEnd(graph: GraphClient, clientId: string, secret: string): Promise<CredentialEnd> {
  const path = `/applications(appId='${encodeURIComponent(clientId)}')`;
  const response = await graph.send({ url: `${path}?$select=passwordCredentials,keyCredentials` }, call);
  if (isMissingObject(response) || isUnknownCall(response)) {
    return { known: false, reason: 'the application is registered in another tenant' };
  }
  try {
    const { passwordCredentials } = readResponse(response, application, call);
    return earliest(passwordCredentials ?? [], secret);
  } catch (error) {
    if (error instanceof PermissionError) {
      return { known: false, reason: `${call.permission} is not granted` };
    }
    if (error instanceof ContractError) return { known: false, reason: 'Entra ID does not say' };
    throw error;
  }
}

/**
 * Only the hint, the first three characters, shows which of several secrets is ours. Ours has not expired, or there
 * would be no sign-in. Of those that match, the first to expire counts.
 */
function earliest(
  secrets: NonNullable<z.output<typeof application>['passwordCredentials']>,
  secret: string,
): CredentialEnd {
  const ends = secrets
    .filter(({ hint }) => !hint || secret.startsWith(hint))
    .flatMap(({ endDateTime }) => endDateTime ?? [])
    .filter((end) => end.getTime() > Date.now())
    .toSorted((one, other) => one.getTime() - other.getTime());
  return ends[0]
    ? { known: true, at: ends[0] }
    : { known: false, reason: 'the registration does not show it' };
}
