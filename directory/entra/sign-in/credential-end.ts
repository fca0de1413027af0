/** When the credential of the application ends, seen ahead where that can be told. */
import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { ContractError, PermissionError } from '../../../domain/errors.ts';
import { type GraphClient, readAnswer } from '../graph/graph-client.ts';
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
  /** It is renewed from outside, or never ends. */
  | { known: true; at: null }
  | { known: false; because: string };

/**
 * The end of the credential that `settings` sign in with. A certificate tells it itself; of a client secret only the
 * application's registration does, to those who may read it.
 * @throws the errors of `GraphClient.send`, but for a missing permission
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
  const reply = await graph.send({ url: `${path}?$select=passwordCredentials,keyCredentials` }, call);
  if (isMissingObject(reply) || isUnknownCall(reply)) {
    return { known: false, because: 'the application is registered in another tenant' };
  }
  try {
    const { passwordCredentials } = readAnswer(reply, application, call);
    return earliest(passwordCredentials ?? [], secret);
  } catch (error) {
    if (error instanceof PermissionError)
      return { known: false, because: `${call.permission} is not granted` };
    if (error instanceof ContractError) return { known: false, because: 'Entra ID does not tell' };
    throw error;
  }
}

/**
 * Which of several secrets is ours shows only in its hint, its first three characters. Ours has not ended, or there would
 * be no sign-in; of those that fit, the first to end counts.
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
    : { known: false, because: 'the registration does not show it' };
}
