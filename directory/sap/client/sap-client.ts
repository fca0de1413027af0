import type { z } from 'zod';
import { ConsentNeededError, ContractError, SyncError, TransientError } from '../../../domain/errors.ts';
import { type Meter, noMeter } from '../../../domain/meter.ts';
import { exchange } from '../../../http/exchange.ts';
import { teamLimits } from '../../../http/json-size.ts';
import { networkFailure, networkRemedy } from '../../../http/network-errors.ts';
import { jsonOrUndefined } from '../../../http/read-json.ts';
import type { ScimService } from '../../scim/list-pages.ts';
import type { ScimResponse } from '../../scim/scim-response.ts';
import { checkedOrigin } from '../../source-endpoint.ts';
import type { SapSourceSettings } from '../settings.ts';
import { createSapSignIn, type SapSignIn } from '../sign-in/sign-in.ts';
import { isMissing, sapErrorOf, throttledMs } from './sap-errors.ts';

/** The SCIM API of one tenant, read only. It retries nothing: that is Temporal's work. */
export interface SapClient extends ScimService {
  /** The object behind a path; null when SAP itself says that there is none. @throws what `errorOf` makes of other responses */
  find<Content>(path: string, schema: z.ZodType<Content>, operation: string): Promise<Content | null>;
  signIn: SapSignIn;
}

const base = '/scim';

/** @throws ConfigurationError when the endpoint or the certificate cannot be used */
export function createSapClient(settings: SapSourceSettings, meter: Meter = noMeter): SapClient {
  const { budget, timeoutMs = 60_000, fetch = globalThis.fetch } = settings;
  const origin = checkedOrigin(settings.endpoint);
  const signIn = createSapSignIn(settings);

  async function attempt(path: string, operation: string): Promise<ScimResponse> {
    const authorization = await signIn.headers();
    await budget.wait();
    const note = (status: number | 'none') =>
      meter.directoryRequest({ operation, status, resourceUnits: null, throttleRatio: null });
    const response = await exchange({
      method: 'GET',
      url: `${origin}${base}${path}`,
      headers: { accept: 'application/scim+json', ...authorization },
      timeoutMs,
      bodyLimits: teamLimits,
      fetch,
    }).catch((error: unknown) => {
      note('none');
      throw error instanceof SyncError ? error : noResponse(error, operation);
    });
    note(response.status);
    const { status, headers, body } = response;
    if (status === 401) throw await signIn.refused();
    if (status === 200) signIn.accepted();
    if (status === 429) await budget.pause(throttledMs(headers));
    return { status, headers, body: jsonOrUndefined(body) };
  }

  const send: SapClient['send'] = (path, operation) => signIn.inTurn(() => attempt(path, operation));
  return {
    signIn,
    send,
    errorOf: sapErrorOf,
    async find(path, schema, operation) {
      const response = await send(path, operation);
      if (isMissing(response)) return null;
      if (response.status !== 200) throw sapErrorOf(response, operation);
      if (response.body === undefined)
        throw new TransientError(
          `${operation}: SAP's response was cut off, is larger than any object, or is not JSON.`,
        );
      const { data, error } = schema.safeParse(response.body);
      if (!error) return data;
      const place = error.issues[0]?.path.join('.') || 'the top level';
      throw new ContractError(`${operation}: SAP's response has an unknown shape at ${place}.`);
    },
  };
}

/** Nothing of the error but its code is shown: it may quote the address. */
function noResponse(error: unknown, operation: string): SyncError {
  const { timedOut, code } = networkFailure(error);
  // SAP ends the handshake with an alert about our certificate.
  if (code !== null && /^ERR_SSL_.*ALERT.*(CERT|UNKNOWN_CA)/.test(code))
    return new ConsentNeededError(`${operation}: SAP refuses the client certificate (${code}).`, {
      remedy:
        'Check in the administration console of SAP that the system has this certificate, and that it is from an authority that SAP trusts (docs/sap.md).',
    });
  const reason = timedOut
    ? 'no whole response in time'
    : `SAP could not be reached (${code ?? 'connection lost'})`;
  return new TransientError(`${operation}: ${reason}.`, { remedy: networkRemedy });
}
