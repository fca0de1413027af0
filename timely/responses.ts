/**
 * Shapes of Timely's answers (docs/reference/timely-api.md sections 2 to 5): exact about what is used, open to
 * everything else.
 */
import { z } from 'zod';
import type {
  TimelyAccount,
  TimelySubscription,
  TimelyTeam,
  TimelyTeamMember,
  TimelyUser,
} from '../domain/timely.ts';

/** A number, also one that stands in quotes. */
const number = z.union([
  z.number(),
  z
    .string()
    .regex(/^\d+(\.\d+)?$/)
    .transform(Number),
]);
const id = number.pipe(z.int());
const named = z.object({ name: z.string() });

const userFields = z.object({
  id,
  // A person may be without either: one odd row must not stand in the way of reading everybody else.
  email: z.string().nullish(),
  name: z.string().nullish(),
  updated_at: number,
  external_id: z.union([z.string(), z.number().transform(String)]).nullish(),
  role_id: id.nullish(),
  role: named.extend({ id }).nullish(),
  user_level: z.string().nullish(),
  deleted: z.boolean().nullish(),
});

/**
 * Who is removed says `deleted`, not `active` (docs/reference/timely-api.md section 2.1); `removed` stands in where the
 * answer leaves it out.
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
    updatedAt: user.updated_at,
  });

export const userAnswer = userFields.transform(userFrom(false));
export const usersAnswer = z.array(userAnswer);
export const removedUserAnswer = userFields.transform(userFrom(true));
/** A list that was asked for with `filter=deleted`. */
export const removedUsersAnswer = z.array(removedUserAnswer);

/** What a search says of a user: enough to read them by id. */
export const foundUsersAnswer = z.array(
  z.object({ id, email: z.string().nullish(), external_id: userFields.shape.external_id }),
);

const memberRow = z.object({ user_id: id, lead: z.boolean().nullish(), hide_hours: z.boolean().nullish() });

/** A team as one answer tells it. */
export interface TeamAnswer extends Omit<TimelyTeam, 'members'> {
  /**
   * Null when the answer does not have them all with their flags: neither `users` nor `user_ids` is always there
   * (docs/reference/timely-api.md section 3).
   */
  members: TimelyTeamMember[] | null;
}

const teamFields = z.object({
  id,
  name: z.string(),
  users: z.array(memberRow).nullish(),
  user_ids: z.array(id).nullish(),
});

const teamFrom =
  (believesRows: boolean) =>
  ({ users, user_ids, ...team }: z.infer<typeof teamFields>): TeamAnswer => {
    const rows = new Map((users ?? []).map((row) => [row.user_id, row]));
    const hasAll = believesRows || (user_ids ?? []).every((userId) => rows.has(userId));
    const isWhole = users ? hasAll : user_ids?.length === 0;
    const members = [...rows.values()].map((row) => ({
      userId: row.user_id,
      lead: row.lead ?? false,
      hideHours: row.hide_hours ?? false,
    }));
    return { ...team, members: isWhole ? members : null };
  };

export const teamAnswer = teamFields.transform(teamFrom(false));
/**
 * A team that was asked for by id. Whom `user_ids` has beyond `users` has been removed from the account: whether they
 * stay listed is unknown (docs/reference/timely-api.md section 3).
 */
export const oneTeamAnswer = teamFields.transform(teamFrom(true));

/**
 * `owner_id`, `seats`, `max_users` and `num_users` come from the older document alone
 * (docs/reference/timely-api.md section 5), so they may be missing.
 */
export const accountAnswer = z
  .object({
    id,
    name: z.string(),
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
 * All of it comes from the older document alone (docs/reference/timely-api.md section 5). `max_users: 0` means no cap
 * (inferred there).
 */
export const subscriptionAnswer = z
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

export const teamsAnswer = z.array(teamAnswer);
export const teamExternalIdsAnswer = z.array(z.object({ id, external_id: userFields.shape.external_id }));

export const rolesAnswer = z.array(named.extend({ id }));

/**
 * What the token's user may do with one kind of thing; `global` means everywhere in the account
 * (docs/reference/timely-api.md section 4).
 */
export interface TimelyPermission {
  /** `account`, `user`, `team`, `project`, `report`, … */
  resource: string;
  permissions: string[];
  global: string[];
}

export const permissionsAnswer = z.array(
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
