/** Change notifications of Microsoft Graph: `/subscriptions` (docs/reference/microsoft-graph.md section 5). */
import { z } from 'zod';
import { NotFoundError } from '../../domain/errors.ts';
import type { ChangeNotifications, DirectoryStream, Subscription } from '../source.ts';
import { type GraphClient, readResponse } from './graph/graph-client.ts';
import { type GraphCall, type GraphResponse, graphErrorOf, isUnknownCall } from './graph/graph-errors.ts';

/** A subscription to groups needs more than reading them (docs/reference/microsoft-graph.md section 2.4). */
const permissions: Record<DirectoryStream, string> = { users: 'User.Read.All', groups: 'Group.Read.All' };

const subscription = z.object({
  id: z.string().min(1),
  expirationDateTime: z.string().refine((text) => !Number.isNaN(Date.parse(text))),
});

/**
 * Subscriptions to all users and to all groups. `updated` covers creation and soft deletion; `created` is never sent.
 */
export function createSubscriptions(graph: GraphClient): ChangeNotifications {
  const path = (id: string) => `/subscriptions/${encodeURIComponent(id)}`;
  const callOf = (method: string, stream: DirectoryStream): GraphCall => ({
    operation: `${method} /subscriptions (${stream})`,
    permission: permissions[stream],
  });
  return {
    async subscribe(stream, { url, clientState, expiresAt }) {
      const call = callOf('POST', stream);
      const body = {
        changeType: 'updated,deleted',
        notificationUrl: url,
        // It cannot be added later. Without it Graph does not announce that the authorization of the subscription
        // expires.
        lifecycleNotificationUrl: url,
        resource: `/${stream}`,
        expirationDateTime: expiresAt.toISOString(),
        clientState,
      };
      return read(await graph.send({ method: 'POST', url: '/subscriptions', body }, call), call);
    },
    async renew(stream, id, expiresAt) {
      const call = callOf('PATCH', stream);
      const body = { expirationDateTime: expiresAt.toISOString() };
      const response = await graph.send({ method: 'PATCH', url: path(id), body }, call);
      // After a 404 of any form the caller subscribes again. At worst there is one subscription too many, which ends by
      // itself.
      if (response.status === 404) {
        throw new NotFoundError(`${call.operation}: Microsoft Graph no longer knows the subscription.`);
      }
      return read(response, call);
    },
    async unsubscribe(stream, id) {
      const call = callOf('DELETE', stream);
      const response = await graph.send({ method: 'DELETE', url: path(id) }, call);
      if (response.status > 299 && !isUnknownCall(response)) throw graphErrorOf(response, call);
    },
  };
}

function read(response: GraphResponse, call: GraphCall): Subscription {
  const { id, expirationDateTime } = readResponse(response, subscription, call);
  return { id, expiresAt: new Date(expirationDateTime) };
}
