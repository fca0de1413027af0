/**
 * `/subscriptions`: made after a handshake with both addresses, renewed, reauthorized, ended
 * (docs/reference/microsoft-graph.md section 5).
 */
import { randomUUID } from 'node:crypto';
import { type Call, isRecord, json, SimulatedRefusal, type SimulatedResponse } from '../../answer.ts';
import { type Route, textField } from '../../service.ts';
import { graphError } from '../errors.ts';
import type { MicrosoftFrame } from '../frame.ts';
import {
  changeTypes,
  clientStateMax,
  type GraphSubscription,
  lifeMaxMs,
  lifeMinMs,
  resourceOf,
  subscriptionsMax,
} from '../notifications/subscriptions.ts';

const handshakeWithinMs = 10_000;

export function subscriptionRoutes(frame: MicrosoftFrame): Route[] {
  const { state } = frame;
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
      subject: (call) => resourceOf(textField(call.body, 'resource') ?? ''),
      changes: true,
      handle: (call) => create(frame, call),
    },
    {
      method: 'GET',
      path: '/v1.0/subscriptions',
      operation: 'subscriptions.list',
      handle: () => json(200, { value: state.subscriptions.map(shown) }),
    },
    one('GET', 'subscriptions.get', (call) => json(200, shown(find(frame, call)))),
    one('PATCH', 'subscriptions.renew', (call) => renew(frame, call)),
    one('DELETE', 'subscriptions.delete', (call) => {
      state.subscriptions.splice(state.subscriptions.indexOf(find(frame, call)), 1);
      return { status: 204 };
    }),
    {
      method: 'POST',
      path: '/v1.0/subscriptions/:id/reauthorize',
      operation: 'subscriptions.reauthorize',
      changes: true,
      handle: (call) => {
        frame.notifier.authorized(find(frame, call));
        return { status: 204 };
      },
    },
  ];
}

async function create(frame: MicrosoftFrame, call: Call): Promise<SimulatedResponse> {
  const { state, clock, faults } = frame;
  const resource = resourceOf(textField(call.body, 'resource') ?? '');
  if (resource === null) throw invalid(frame, 'The resource cannot be subscribed to.');
  const changeType = (textField(call.body, 'changeType') ?? '').toLowerCase().replaceAll(' ', '');
  if (!changeType.split(',').every((type) => changeTypes.includes(type)))
    throw invalid(frame, 'changeType holds an unknown type.');
  const clientState = textField(call.body, 'clientState') ?? null;
  if ((clientState?.length ?? 0) > clientStateMax) throw invalid(frame, 'clientState is too long.');
  const notificationUrl = address(frame, call, 'notificationUrl');
  const hasLifecycle = textField(call.body, 'lifecycleNotificationUrl') !== undefined;
  const subscription: GraphSubscription = {
    id: randomUUID(),
    resource,
    changeType,
    notificationUrl,
    lifecycleNotificationUrl: hasLifecycle ? address(frame, call, 'lifecycleNotificationUrl') : null,
    expirationDateTime: expiration(frame, call.body),
    clientState,
    applicationId: state.app.clientId,
    lapsed: false,
  };
  await handshake(frame, subscription.notificationUrl);
  if (subscription.lifecycleNotificationUrl) await handshake(frame, subscription.lifecycleNotificationUrl);
  if (state.subscriptions.length >= subscriptionsMax || faults.fires('subscriptionQuota', call)) {
    throw new SimulatedRefusal(
      graphError(clock(), 403, 'Forbidden', 'The quota of subscriptions is used up.'),
    );
  }
  state.subscriptions.push(subscription);
  return json(201, {
    '@odata.context': `${frame.origin()}/v1.0/$metadata#subscriptions/$entity`,
    ...shown(subscription),
  });
}

function renew(frame: MicrosoftFrame, call: Call): SimulatedResponse {
  const subscription = find(frame, call);
  if (isRecord(call.body) && 'lifecycleNotificationUrl' in call.body)
    throw invalid(frame, 'lifecycleNotificationUrl cannot be changed.');
  subscription.expirationDateTime = expiration(frame, call.body);
  frame.notifier.authorized(subscription);
  return json(200, shown(subscription));
}

/** The client state is not shown again. */
const shown = ({ lapsed: _, ...subscription }: GraphSubscription) => ({ ...subscription, clientState: null });

/** Expired ones are gone. */
function find({ state, clock }: MicrosoftFrame, { params }: Call): GraphSubscription {
  const found = state.subscriptions.find(({ id }) => id === params.id);
  if (found && new Date(found.expirationDateTime) > clock()) return found;
  throw new SimulatedRefusal(graphError(clock(), 404, 'ResourceNotFound', 'The object was not found.'));
}

const invalid = ({ clock }: MicrosoftFrame, message: string, code = 'InvalidRequest') =>
  new SimulatedRefusal(graphError(clock(), 400, code, message));

function expiration(frame: MicrosoftFrame, body: unknown): string {
  const wanted = Date.parse(textField(body, 'expirationDateTime') ?? '');
  const now = frame.clock().getTime();
  if (!(wanted > now) || wanted > now + lifeMaxMs)
    throw invalid(frame, `expirationDateTime must be within ${lifeMaxMs / 60_000} minutes from now.`);
  return new Date(Math.max(wanted, now + lifeMinMs)).toISOString();
}

/** `https:`, or this machine itself, which no real service could reach. */
function address(frame: MicrosoftFrame, { body }: Call, name: string): string {
  const text = textField(body, name) ?? '';
  const url = URL.canParse(text) ? new URL(text) : null;
  const here = url?.protocol === 'http:' && ['127.0.0.1', 'localhost'].includes(url.hostname);
  if (url?.protocol !== 'https:' && !here) throw invalid(frame, `${name} must be an https address.`);
  return text;
}

/** The receiver has to send the token back, decoded, as plain text. */
async function handshake(frame: MicrosoftFrame, url: string): Promise<void> {
  const token = `Validation: Testing client application reachability for subscription Request-Id: ${randomUUID()} <&>`;
  const asked = new URL(url);
  asked.searchParams.set('validationToken', token);
  const failed = (why: string) =>
    invalid(frame, `Subscription validation request failed. ${why}`, 'ValidationError');
  const answer = await fetch(asked, {
    method: 'POST',
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    signal: AbortSignal.timeout(handshakeWithinMs),
  }).catch(() => {
    throw failed('The address did not answer.');
  });
  const text = await answer.text();
  const isPlain = answer.headers.get('content-type')?.startsWith('text/plain') ?? false;
  if (answer.status !== 200 || !isPlain || text !== token)
    throw failed('The answer must be 200, text/plain, and the token.');
}
