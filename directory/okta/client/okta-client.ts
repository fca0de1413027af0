import type { z } from 'zod';
import { ContractError, type SyncError, TransientError } from '../../../domain/errors.ts';
import { type Meter, noMeter } from '../../../domain/meter.ts';
import { networkFailure, networkRemedy } from '../../../http/network-errors.ts';
import { jsonOrUndefined } from '../../../http/read-json.ts';
import { checkedOrigin } from '../../source-endpoint.ts';
import { createWire } from '../http/wire.ts';
import type { OktaSourceSettings } from '../settings.ts';
import { createOktaSignIn, type OktaSignIn, ownError } from '../sign-in/sign-in.ts';
import { isProofRefused, type OktaCall, type OktaResponse, oktaErrorOf } from './okta-errors.ts';

/** The Management API of one org, read only. It retries only a refused token, once; all other retries are Temporal's work. */
export interface OktaClient {
  /**
   * The response to a GET of a path below `/api/v1` (`/users?limit=200`), whatever its status.
   * @throws TransientError when no whole response came in time, and what signing in throws
   */
  send(path: string, call: OktaCall): Promise<OktaResponse>;
  /** The parsed response to a GET. @throws what `readOkta` throws */
  get<Content>(path: string, schema: z.ZodType<Content>, call: OktaCall): Promise<Content>;
  /**
   * The path below `/api/v1` of a link that Okta returned.
   * @throws ContractError for a link to another host, before anything is sent
   */
  pathOf(link: string, call: OktaCall): string;
  signIn: OktaSignIn;
}

const base = '/api/v1';

export function createOktaClient(settings: OktaSourceSettings, meter: Meter = noMeter): OktaClient {
  const origin = `https://${settings.domain}`;
  const endpoint = checkedOrigin(settings.endpoint);
  const signIn = createOktaSignIn(settings, createWire({ ...settings, endpoint }));

  async function attempt(path: string, call: OktaCall): Promise<OktaResponse> {
    const note = (status: number | 'none', throttleRatio: number | null) =>
      meter.directoryRequest({ operation: call.operation, status, resourceUnits: null, throttleRatio });
    try {
      const response = await signIn.send(`${origin}${base}${path}`, { accept: 'application/json' });
      const body = jsonOrUndefined(await response.text());
      note(response.status, usedShare(response.headers));
      return { status: response.status, headers: response.headers, body };
    } catch (error) {
      note('none', null);
      throw ownError(error) ?? noResponse(error, call);
    }
  }

  async function send(path: string, call: OktaCall): Promise<OktaResponse> {
    const response = await attempt(path, call);
    if (response.status !== 401 && !isProofRefused(response)) return response;
    signIn.renew();
    return await attempt(path, call);
  }

  return {
    signIn,
    send,
    get: async (path, schema, call) => readOkta(await send(path, call), schema, call),
    pathOf(link, { operation }) {
      const url = URL.canParse(link, `${origin}${base}/`) ? new URL(link, `${origin}${base}/`) : null;
      const isOurs = url !== null && [origin, endpoint].includes(url.origin) && url.username === '';
      if (isOurs && url.pathname.startsWith(`${base}/`)) return url.pathname.slice(base.length) + url.search;
      throw new ContractError(
        `${operation}: Okta returned a link to a foreign place, which was not followed.`,
        { remedy: `Tokens are sent to ${endpoint} only. Check source.domain and source.endpoint.` },
      );
    },
  };
}

/**
 * The content of a response, by its schema.
 * @throws what `oktaErrorOf` makes of a status other than 200; TransientError when the body is not JSON; ContractError when it
 *   has another shape
 */
export function readOkta<Content>(
  response: OktaResponse,
  schema: z.ZodType<Content>,
  call: OktaCall,
): Content {
  if (response.status !== 200) throw oktaErrorOf(response, call);
  if (response.body === undefined) {
    throw new TransientError(
      `${call.operation}: Okta's response was cut off, is larger than any page, or is not JSON.`,
    );
  }
  const result = schema.safeParse(response.body);
  if (result.success) return result.data;
  const place = result.error.issues[0]?.path.join('.') || 'the top level';
  throw new ContractError(`${call.operation}: Okta's response has an unknown shape at ${place}.`);
}

/** The used share of the bucket. */
function usedShare(headers: Headers): number | null {
  const limit = Number.parseInt(headers.get('x-rate-limit-limit') ?? '', 10);
  const remaining = Number.parseInt(headers.get('x-rate-limit-remaining') ?? '', 10);
  return limit > 0 && remaining >= 0 ? Math.max(1 - remaining / limit, 0) : null;
}

function noResponse(error: unknown, { operation }: OktaCall): SyncError {
  const { timedOut, code } = networkFailure(error);
  const reason = timedOut
    ? 'no whole response in time'
    : `Okta could not be reached (${code ?? 'connection lost'})`;
  return new TransientError(`${operation}: ${reason}.`, { remedy: networkRemedy });
}
