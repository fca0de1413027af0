/** Change notifications of Microsoft Graph: `/subscriptions` (docs/reference/microsoft-graph.md section 5). */
import { z } from 'zod';
import { NotFoundError } from '../../domain/errors.ts';
import type { ChangeNotifications, DirectoryStream, Subscription } from '../source.ts';
import { type GraphClient, readAnswer } from './graph/graph-client.ts';
import { type GraphCall, type GraphReply, graphErrorOf, isUnknownCall } from './graph/graph-errors.ts';

/** The groups' one needs more than reading them does (docs/reference/microsoft-graph.md section 2.4). */
const permissions: Record<DirectoryStream, string> = { users: 'User.Read.All', groups: 'Group.Read.All' };

const subscription = z.object({
  id: z.string().min(1),
  expirationDateTime: z.string().refine((text) => !Number.isNaN(Date.parse(text))),
});

/** Subscriptions to all users and to all groups. `updated` covers creation and soft delete; `created` never comes. */
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
        // Cannot be added later; without it nobody says that the subscription's token runs out.
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
      const reply = await graph.send({ method: 'PATCH', url: path(id), body }, call);
      // A 404 of any form means a new one: the worst is a subscription too many, which ends by itself.
      if (reply.status === 404)
        throw new NotFoundError(`${call.operation}: Microsoft Graph no longer knows the subscription.`);
      return read(reply, call);
    },
    async unsubscribe(stream, id) {
      const call = callOf('DELETE', stream);
      const reply = await graph.send({ method: 'DELETE', url: path(id) }, call);
      if (reply.status > 299 && !isUnknownCall(reply)) throw graphErrorOf(reply, call);
    },
  };
}

function read(reply: GraphReply, call: GraphCall): Subscription {
  const { id, expirationDateTime } = readAnswer(reply, subscription, call);
  return { id, expiresAt: new Date(expirationDateTime) };
}
