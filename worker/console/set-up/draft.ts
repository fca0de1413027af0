/** What has been answered at a set-up so far. It is encrypted here: neither Temporal nor the store can read it. */
import { z } from 'zod';
import { signedInUser } from '../../../client/schemas/answer-schemas.ts';
import { directoryKinds } from '../../../config/first-file/questions.ts';
import { decrypt, type EncryptionKeys, encrypt } from '../../../store/account/encryption.ts';

/** A line of `scope.include` with its size at the look. */
export const chosenLine = z.object({
  kind: z.enum(['group', 'department', 'emailDomain']),
  value: z.string().min(1).max(320),
  comment: z.string().max(320),
  people: z.number(),
});
export type ChosenLine = z.output<typeof chosenLine>;

/** Groups, departments and domains that one set-up chooses. */
export const linesMax = 200;

/** Something that takes minutes, which goes on while nobody looks. */
const begun = z.object({ id: z.string(), at: z.string() });
export type Begun = z.output<typeof begun>;

/** Where a page of another service has to lead back with, once. */
export const pendingAnswer = z.object({
  what: z.enum(['consent', 'signIn', 'timely']),
  state: z.string(),
  nonce: z.string(),
  codeVerifier: z.string(),
});
export type Pending = z.output<typeof pendingAnswer>;

const draft = z.object({
  directory: z.enum(directoryKinds).nullable().default(null),
  /** Entra ID by the application of the installation. */
  isShared: z.boolean().default(false),
  /** By the keys of the questions of `init`. */
  answers: z.record(z.string(), z.string()).default({}),
  /** Public half of the key that was made for Okta: a JWK as JSON. */
  oktaKey: z.string().nullable().default(null),
  /** The administrator who signed in to the directory, by their id there. */
  admin: z.object({ id: z.string(), name: z.string() }).nullable().default(null),
  /** What the directory has to grant was granted. */
  hasAccess: z.boolean().default(false),
  timely: signedInUser.nullable().default(null),
  look: begun.nullable().default(null),
  lines: z.array(chosenLine).max(linesMax).nullable().default(null),
  role: z.string().default('employee'),
  teams: z.enum(['departments', 'none']).default('none'),
  deciders: z.array(z.string()).default([]),
  /** As it was typed; null before. */
  decidersText: z.string().nullable().default(null),
  /** The application that people sign in to, where it is not that of the source. Its secret is kept. */
  signIn: z.object({ clientId: z.string() }).nullable().default(null),
  /** Its client id as it was typed. */
  signInText: z.string().default(''),
  preview: begun.nullable().default(null),
  pending: pendingAnswer.nullable().default(null),
});
export type SetUpDraft = z.output<typeof draft>;

export const emptyDraft: SetUpDraft = draft.parse({});

const contextOf = (tenant: string) => JSON.stringify(['set_ups', tenant]);

export const sealDraft = (keys: EncryptionKeys, tenant: string, value: SetUpDraft): string =>
  encrypt(JSON.stringify(value), keys, contextOf(tenant)).toString('base64');

/** What was sealed; an empty draft for nothing, and for what no key opens: then the questions are asked again. */
export function openDraft(keys: EncryptionKeys, tenant: string, sealed: string | null): SetUpDraft {
  const opened = sealed === null ? null : decrypt(Buffer.from(sealed, 'base64'), keys, contextOf(tenant));
  if (opened === null) return emptyDraft;
  return draft.safeParse(JSON.parse(opened.text)).data ?? emptyDraft;
}
