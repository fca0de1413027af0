/**
 * Shapes of Timely's responses (docs/reference/timely-api.md sections 2 to 5): strict about the fields that are used,
 * open to all others.
 */
import { z } from 'zod';
import type {
  ListedUser,
  TimelyAccount,
  TimelySubscription,
  TimelyTeam,
  TimelyTeamMember,
  TimelyUser,
} from '../domain/timely.ts';

/** A number, in quotes or not. */
const number = z.union([
  z.number(),
  z
    .string()
    .regex(/^\d+(\.\d+)?$/)
    .transform(Number),
]);
const id = number.pipe(z.int());
/** Longer than any name; comparing texts takes time, and PostgreSQL has no index of texts beyond some thousand. */
const shortText = z.string().max(1_000);
const named = z.object({ name: shortText });

const userFields = z.object({
  id,
  // A user may have neither: one odd row must not keep all others from being read.
  email: shortText.nullish(),
  name: shortText.nullish(),
  updated_at: number,
  external_id: z.union([shortText, z.number().transform(String)]).nullish(),
  role_id: id.nullish(),
  role: named.extend({ id }).nullish(),
  user_level: shortText.nullish(),
  deleted: z.boolean().nullish(),
  active: z.unknown().optional(),
  sign_in_count: z.unknown().optional(),
});

/** Both together are the only sign of an invitation that was not accepted (docs/reference/timely-api.md section 2.1). */
const isPending = ({ active, sign_in_count }: z.infer<typeof userFields>) =>
  active === false && sign_in_count === null;

/**
 * `deleted` marks a removed user, not `active` (docs/reference/timely-api.md section 2.1). `removed` is the default
 * where the response leaves it out.
 */
const userFrom =
  (removed: boolean) =>
  (user: z.infer<typeof userFields>): TimelyUser => ({
    id: user.id,
    email: user.email ?? '',
    name: user.name ?? '',
    roleId: user.role_id ?? user.role?.id ?? null,
    role: user.role?.name ?? user.user_level ?? '',
    externalId: user.external_id ?? null,
    removed: user.deleted ?? removed,
    ...(isPending(user) && { pending: true as const }),
    updatedAt: user.updated_at,
  });

/**
 * The rows of a list. One odd row keeps no other from being read: `oddOf` makes a row of what can be read of it and of the
 * field that does not fit. A row of which not even that can be read is left out.
 */
function listOf<Row, Known>(
  row: z.ZodType<Row>,
  known: z.ZodType<Known>,
  oddOf: (known: Known, odd: string) => Row,
) {
  return z.array(z.unknown()).transform((rows) =>
    rows.flatMap((each): Row[] => {
      const whole = row.safeParse(each);
      if (whole.success) return [whole.data];
      const part = known.safeParse(each).data;
      return part ? [oddOf(part, whole.error.issues[0]?.path.join('.') || 'the row itself')] : [];
    }),
  );
}

/** What a row says that cannot be read as a whole: who it is about. A row without an id is missing in the count of users. */
const oddUser = z.looseObject({
  id,
  updated_at: number.catch(0),
  deleted: z.boolean().nullish().catch(null),
});

const userRows = (row: z.ZodType<ListedUser>, removed: boolean) =>
  listOf(row, oddUser, ({ id, updated_at, deleted }, odd) => ({
    ...userFrom(removed)({ id, updated_at, deleted }),
    odd,
  }));

export const userResponse = userFields.transform(userFrom(false));
export const usersResponse = userRows(userResponse, false);
export const removedUserResponse = userFields.transform(userFrom(true));
/** The list with `filter=deleted`. */
export const removedUsersResponse = userRows(removedUserResponse, true);

/** What a search returns of a user: enough to read them by id. */
export const userSearchResponse = z.array(
  z.object({ id, email: z.string().nullish(), external_id: userFields.shape.external_id }),
);

const memberRow = z.object({ user_id: id, lead: z.boolean().nullish(), hide_hours: z.boolean().nullish() });

/** A team as one response has it. */
export interface TeamResponse extends Omit<TimelyTeam, 'members'> {
  /**
   * Null when the response does not have all of them with their flags: neither `users` nor `user_ids` is always there
   * (docs/reference/timely-api.md section 3).
   */
  members: TimelyTeamMember[] | null;
  /** The field that does not fit. The name is empty when it is the name. */
  odd?: string;
}

const teamFields = z.object({
  id,
  name: shortText,
  external_id: userFields.shape.external_id,
  users: z.array(memberRow).nullish(),
  user_ids: z.array(id).nullish(),
});

const teamFrom =
  (rowsAreComplete: boolean) =>
  ({ users, user_ids, external_id, ...team }: z.infer<typeof teamFields>): TeamResponse => {
    const rows = new Map((users ?? []).map((row) => [row.user_id, row]));
    const hasAll = rowsAreComplete || (user_ids ?? []).every((userId) => rows.has(userId));
    const isWhole = users ? hasAll : user_ids?.length === 0;
    const members = [...rows.values()].map((row) => ({
      userId: row.user_id,
      lead: row.lead ?? false,
      hideHours: row.hide_hours ?? false,
    }));
    const made = external_id ? { externalId: external_id } : {};
    return { ...team, ...made, members: isWhole ? members : null };
  };

export const teamResponse = teamFields.transform(teamFrom(false));
/**
 * A team read by id. Users in `user_ids` but not in `users` were removed from the account; whether they stay listed is
 * unknown (docs/reference/timely-api.md section 3).
 */
export const oneTeamResponse = teamFields.transform(teamFrom(true));

/**
 * Only the older document has `owner_id`, `seats`, `max_users` and `num_users`
 * (docs/reference/timely-api.md section 5), so they may be missing.
 */
export const accountResponse = z
  .object({
    id,
    name: shortText,
    owner_id: id.nullish(),
    seats: number.nullish(),
    max_users: number.nullish(),
    num_users: number.nullish(),
  })
  .transform(
    (account): TimelyAccount => ({
      id: account.id,
      name: account.name,
      ownerId: account.owner_id ?? null,
      seats: account.seats ?? null,
      usersMax: account.max_users ?? null,
      userCount: account.num_users ?? null,
    }),
  );

/**
 * Only the older document has all of this (docs/reference/timely-api.md section 5). `max_users: 0` means no limit
 * (inferred there).
 */
export const subscriptionResponse = z
  .object({
    plan_name: z.string().nullish(),
    status: z.string().nullish(),
    expired: z.boolean().nullish(),
    trial: z.boolean().nullish(),
    days_to_end_trial: number.nullish(),
    max_users: number.nullish(),
    features: z.array(named).nullish(),
    azure_ad_enabled: z.boolean().nullish(),
  })
  .transform(
    (account): TimelySubscription => ({
      plan: account.plan_name ?? null,
      status: account.status ?? null,
      expired: account.expired ?? false,
      trialDays: account.trial ? (account.days_to_end_trial ?? 0) : null,
      usersMax: account.max_users || null,
      features: account.features?.map(({ name }) => name) ?? null,
      azureAd: account.azure_ad_enabled ?? false,
    }),
  );

/** What a row says that cannot be read as a whole: which team it is about. */
const oddTeam = z.looseObject({ id, name: shortText.catch('') });

/** A linked team without an id in its row is read by its own. */
export const teamsResponse = listOf(
  teamResponse,
  oddTeam,
  ({ id, name }, odd): TeamResponse => ({
    id,
    name,
    members: null,
    odd,
  }),
);
export const teamExternalIdsResponse = z.array(z.object({ id, external_id: userFields.shape.external_id }));

export const rolesResponse = z.array(named.extend({ id }));

/**
 * What the token's user may do with one kind of resource; `global` applies to the whole account
 * (docs/reference/timely-api.md section 4).
 */
export interface TimelyPermission {
  /** `account`, `user`, `team`, `project`, `report`, … */
  resource: string;
  permissions: string[];
  global: string[];
}

export const permissionsResponse = z.array(
  z
    .object({
      resource: z.string(),
      permissions: z.array(z.string()).nullish(),
      global_permissions: z.array(z.string()).nullish(),
    })
    .transform(
      (row): TimelyPermission => ({
        resource: row.resource,
        permissions: row.permissions ?? [],
        global: row.global_permissions ?? [],
      }),
    ),
);
