/** POST, PUT, PATCH and DELETE, which other clients of the directory use. The sync under test never writes. */
import type { Route } from '../../service.ts';
import { isRecord, type SimulatedRequest, type SimulatedResponse } from '../../simulated-response.ts';
import type { SapContext } from '../context.ts';
import type { SapEmail, SapGroup, SapKind, SapUser } from '../directory/records.ts';
import { urns } from '../directory/schemas.ts';
import { asEmail } from '../directory/user-attributes.ts';
import { scimRefusal } from '../scim/errors.ts';
import { patched } from '../scim/patch.ts';
import { notFoundRefusal, objectOf, pathOf, single } from './read-routes.ts';

export function writeRoutes(context: SapContext): Route[] {
  const kinds: SapKind[] = ['user', 'group'];
  const { state } = context;
  return kinds.flatMap((kind) => {
    const one = (method: 'PUT' | 'PATCH' | 'DELETE', operation: string, handle: Route['handle']): Route => ({
      method,
      path: `${pathOf[kind]}/:id`,
      operation: `${kind}s.${operation}`,
      subject: ({ params }) => state.label(params.id ?? ''),
      describeWrite: ({ body }) => body,
      handle,
    });
    return [
      {
        method: 'POST' as const,
        path: pathOf[kind],
        operation: `${kind}s.create`,
        describeWrite: ({ body }: SimulatedRequest) => body,
        handle: ({ body }: SimulatedRequest) => create(context, kind, body),
      },
      one('PUT', 'replace', (request) => replace(context, kind, request, request.body)),
      one('PATCH', 'update', (request) => {
        const before = context.visible.show(objectOf(context, kind, request), false);
        return replace(context, kind, request, patched(before, request.body));
      }),
      one('DELETE', 'delete', (request) => {
        const object = objectOf(context, kind, request);
        if (object.kind === 'user') state.purge(object.id);
        else state.deleteGroup(object.id);
        return { status: 204 };
      }),
    ];
  });
}

function create(context: SapContext, kind: SapKind, body: unknown): SimulatedResponse {
  const { state, visible } = context;
  const content = checked(kind, body);
  const object =
    kind === 'user'
      ? state.join({ displayName: '', mail: null, userPrincipalName: String(content.userName) })
      : state.createGroup({ displayName: String(content.displayName) });
  if (object.kind === 'user' && content.userType === undefined) content.userType = 'public';
  write(context, object, content);
  return single(context, object, 201, visible.show(object, false));
}

function replace(
  context: SapContext,
  kind: SapKind,
  request: SimulatedRequest,
  body: unknown,
): SimulatedResponse {
  const object = objectOf(context, kind, request);
  write(context, object, checked(kind, body));
  context.state.touch(object);
  return single(context, object, 200, context.visible.show(object, false));
}

function checked(kind: SapKind, body: unknown): Record<string, unknown> {
  const required = kind === 'user' ? 'userName' : 'displayName';
  if (!isRecord(body) || typeof body[required] !== 'string')
    throw scimRefusal(400, `Attribute ${required} is required`, 'invalidValue');
  return { ...body };
}

const write = (context: SapContext, object: SapUser | SapGroup, content: Record<string, unknown>) =>
  object.kind === 'user' ? writeUser(object, content) : writeGroup(context, object, content);

const recordOr = (value: unknown): Record<string, unknown> => (isRecord(value) ? value : {});

/** Read only, or kept apart from the other attributes. */
const ownFields = ['id', 'meta', 'schemas', 'groups', 'active', 'emails', 'members', 'password'];
const ownSapFields = ['emails', 'status', 'mailVerified', 'userUuid', 'userId'];
const without = (content: Record<string, unknown>, names: string[]) =>
  Object.fromEntries(Object.entries(content).filter(([name]) => !names.includes(name)));

function writeUser(user: SapUser, content: Record<string, unknown>): void {
  const sap = recordOr(content[urns.sapUser]);
  const { active = true } = content;
  const status = active === true ? 'active' : sap.status === 'new' ? 'new' : 'inactive';
  if (typeof sap.status === 'string' && (sap.status === 'active') !== (active === true))
    throw scimRefusal(400, 'active and status do not agree', 'invalidValue');
  const verified = new Map(
    (Array.isArray(sap.emails) ? sap.emails : [])
      .filter(isRecord)
      .map((email) => [email.value, email.verified]),
  );
  const emails = Array.isArray(content.emails) ? content.emails.filter(isRecord) : [];
  const { userUuid, userId, sourceSystem } = recordOr(user.attributes[urns.sapUser]);
  user.status = status;
  user.emails = withPrimary(
    emails.map((email) => asEmail({ ...email, verified: verified.get(email.value) ?? false })),
  );
  user.attributes = {
    ...without(content, [...ownFields, urns.sapUser]),
    [urns.sapUser]: { sourceSystem, ...without(sap, ownSapFields), userUuid, userId },
  };
}

/** One address is always the primary one (docs/reference/sap.md section 6). */
const withPrimary = (emails: SapEmail[]): SapEmail[] =>
  emails.some(({ primary }) => primary)
    ? emails
    : emails.map((email, index) => (index === 0 ? { ...email, primary: true } : email));

function writeGroup({ state }: SapContext, group: SapGroup, content: Record<string, unknown>): void {
  const members = (Array.isArray(content.members) ? content.members : [])
    .filter(isRecord)
    .map(({ value }) => String(value));
  for (const id of members) if (!state.get(id)) throw notFoundRefusal('user', id);
  const custom = recordOr(group.attributes[urns.customGroup]);
  group.attributes = {
    ...without(content, ownFields),
    [urns.customGroup]: { ...custom, ...recordOr(content[urns.customGroup]) },
  };
  state.setMembers(group, [...new Set(members)]);
}
