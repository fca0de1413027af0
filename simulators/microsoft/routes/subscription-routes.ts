/**
 * `/subscriptions`: created after a handshake with both addresses, renewed, reauthorized, deleted
 * (docs/reference/microsoft-graph.md section 5).
 */
import { randomUUID } from 'node:crypto';
import { type Route, textField } from '../../service.ts';
import {
  isRecord,
  jsonResponse,
  SimulatedRefusal,
  type SimulatedRequest,
  type SimulatedResponse,
} from '../../simulated-response.ts';
import type { MicrosoftContext } from '../context.ts';
import { graphErrorResponse } from '../errors.ts';
import {
  changeTypes,
  clientStateMax,
  type GraphSubscription,
  lifeMaxMs,
  lifeMinMs,
  resourceOf,
  subscriptionsMax,
} from '../notifications/subscriptions.ts';

const handshakeTimeoutMs = 10_000;

export function subscriptionRoutes(context: MicrosoftContext): Route[] {
  const { state } = context;
  const one = (method: 'GET' | 'PATCH' | 'DELETE', operation: string, handle: Route['handle']): Route => ({
    method,
    path: '/v1.0/subscriptions/:id',
    operation,
    handle,
    ...(method === 'GET' ? {} : { changes: true }),
  });
  return [
    {
      method: 'POST',
      path: '/v1.0/subscriptions',
      operation: 'subscriptions.create',
      subject: (request) => resourceOf(textField(request.body, 'resource') ?? ''),
      changes: true,
      handle: (request) => create(context, request),
    },
    {
      method: 'GET',
      path: '/v1.0/subscriptions',
      operation: 'subscriptions.list',
      handle: () => jsonResponse(200, { value: state.subscriptions.map(shown) }),
    },
    one('GET', 'subscriptions.get', (request) => jsonResponse(200, shown(find(context, request)))),
    one('PATCH', 'subscriptions.renew', (request) => renew(context, request)),
    one('DELETE', 'subscriptions.delete', (request) => {
      state.subscriptions.splice(state.subscriptions.indexOf(find(context, request)), 1);
      return { status: 204 };
    }),
    {
      method: 'POST',
      path: '/v1.0/subscriptions/:id/reauthorize',
      operation: 'subscriptions.reauthorize',
      changes: true,
      handle: (request) => {
        context.notifier.authorized(find(context, request));
        return { status: 204 };
      },
    },
  ];
}

async function create(context: MicrosoftContext, request: SimulatedRequest): Promise<SimulatedResponse> {
  const { state, clock, faults } = context;
  const resource = resourceOf(textField(request.body, 'resource') ?? '');
  if (resource === null) throw invalidRequest(context, 'The resource cannot be subscribed to.');
  const changeType = (textField(request.body, 'changeType') ?? '').toLowerCase().replaceAll(' ', '');
  if (!changeType.split(',').every((type) => changeTypes.includes(type)))
    throw invalidRequest(context, 'changeType holds an unknown type.');
  const clientState = textField(request.body, 'clientState') ?? null;
  if ((clientState?.length ?? 0) > clientStateMax) throw invalidRequest(context, 'clientState is too long.');
  const notificationUrl = address(context, request, 'notificationUrl');
  const hasLifecycle = textField(request.body, 'lifecycleNotificationUrl') !== undefined;
  const subscription: GraphSubscription = {
    id: randomUUID(),
    resource,
    changeType,
    notificationUrl,
    lifecycleNotificationUrl: hasLifecycle ? address(context, request, 'lifecycleNotificationUrl') : null,
    expirationDateTime: expiration(context, request.body),
    clientState,
    applicationId: state.app.clientId,
    lapsed: false,
  };
  await handshake(context, subscription.notificationUrl);
  if (subscription.lifecycleNotificationUrl) await handshake(context, subscription.lifecycleNotificationUrl);
  if (state.subscriptions.length >= subscriptionsMax || faults.fires('subscriptionQuota', request)) {
    throw new SimulatedRefusal(
      graphErrorResponse(clock(), 403, 'Forbidden', 'The quota of subscriptions is used up.'),
    );
  }
  state.subscriptions.push(subscription);
  return jsonResponse(201, {
    '@odata.context': `${context.origin()}/v1.0/$metadata#subscriptions/$entity`,
    ...shown(subscription),
  });
}

function renew(context: MicrosoftContext, request: SimulatedRequest): SimulatedResponse {
  const subscription = find(context, request);
  if (isRecord(request.body) && 'lifecycleNotificationUrl' in request.body)
    throw invalidRequest(context, 'lifecycleNotificationUrl cannot be changed.');
  subscription.expirationDateTime = expiration(context, request.body);
  context.notifier.authorized(subscription);
  return jsonResponse(200, shown(subscription));
}

/** Responses do not show the client state. */
const shown = ({ lapsed: _, ...subscription }: GraphSubscription) => ({ ...subscription, clientState: null });

/** Returns the subscription of the path. Expired ones are not found. */
function find({ state, clock }: MicrosoftContext, { params }: SimulatedRequest): GraphSubscription {
  const found = state.subscriptions.find(({ id }) => id === params.id);
  if (found && new Date(found.expirationDateTime) > clock()) return found;
  throw new SimulatedRefusal(
    graphErrorResponse(clock(), 404, 'ResourceNotFound', 'The object was not found.'),
  );
}

const invalidRequest = ({ clock }: MicrosoftContext, message: string, code = 'InvalidRequest') =>
  new SimulatedRefusal(graphErrorResponse(clock(), 400, code, message));

function expiration(context: MicrosoftContext, body: unknown): string {
  const wanted = Date.parse(textField(body, 'expirationDateTime') ?? '');
  const now = context.clock().getTime();
  if (!(wanted > now) || wanted > now + lifeMaxMs)
    throw invalidRequest(
      context,
      `expirationDateTime must be within ${lifeMaxMs / 60_000} minutes from now.`,
    );
  return new Date(Math.max(wanted, now + lifeMinMs)).toISOString();
}

/** Returns an address of the body: https, or http on this machine, where the tests' receivers are. */
function address(context: MicrosoftContext, { body }: SimulatedRequest, name: string): string {
  const text = textField(body, name) ?? '';
  const url = URL.canParse(text) ? new URL(text) : null;
  const here = url?.protocol === 'http:' && ['127.0.0.1', 'localhost'].includes(url.hostname);
  if (url?.protocol !== 'https:' && !here) throw invalidRequest(context, `${name} must be an https address.`);
  return text;
}

/** Checks that the receiver returns the token, decoded, as plain text. */
async function handshake(context: MicrosoftContext, url: string): Promise<void> {
  const token = `Validation: Testing client application reachability for subscription Request-Id: ${randomUUID()} <&>`;
  const target = new URL(url);
  target.searchParams.set('validationToken', token);
  const failed = (why: string) =>
    invalidRequest(context, `Subscription validation request failed. ${why}`, 'ValidationError');
  const response = await fetch(target, {
    method: 'POST',
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    signal: AbortSignal.timeout(handshakeTimeoutMs),
  }).catch(() => {
    throw failed('The address did not respond.');
  });
  const text = await response.text();
  const isPlain = response.headers.get('content-type')?.startsWith('text/plain') ?? false;
  if (response.status !== 200 || !isPlain || text !== token)
    throw failed('The response must be 200, text/plain, and the token.');
}
