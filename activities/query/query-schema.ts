/** What commands send to activities, as it arrives: anybody who reaches Temporal can send any payload. */
import { z } from 'zod';
import { type LookInput, lookLists } from '../../domain/contract/look.ts';
import type { PreviewInput } from '../../domain/contract/preview.ts';
import type { StoreQuery } from '../../domain/contract/query.ts';
import { journalKinds } from '../../domain/journal/journal.ts';
import { tenantNamePattern } from '../../domain/text.ts';
import { WrongUseError } from '../../store/approvals/decisions.ts';
import type { ConnectInput } from '../connect.ts';

/** Longer than any address, name or id of a directory. */
const text = z.string().max(320);
const part = text.exactOptional();
const tenant = z.string().max(100);
const number = z.int().min(0);
const noteMax = 2_000;
const kindsMax = 50;
/** Of a person who signs in. */
const addressesMax = 20;
/** Entries of `only` and `except`, as workflows/approval/validate-decision.ts has them. */
const parts = z.array(z.string().max(400)).max(1_000);
const preview = { tenant, id: text };
const byHand = { tenant, person: text, by: text, id: text };
const address = z.string().max(2_000);
/** What a sign-in service sends back through the browser: codes of Microsoft have over a thousand characters. */
const answerMax = 8_000;
const tenantName = z.string().regex(tenantNamePattern);
const digest = z.string().regex(/^[0-9a-f]{64}$/);
const setUpBrowser = { link: digest, browser: digest };
const sealed = z.base64().max(200_000);
const sealedSecret = z.object({ name: z.string().regex(/^[a-z][a-z0-9-]{0,59}$/), encrypted: sealed });
const secretsMax = 10;

const about = <About extends StoreQuery['about'], Shape extends z.ZodRawShape>(name: About, shape: Shape) =>
  z.object({ about: z.literal(name), ...shape });

const storeQuery: z.ZodType<StoreQuery> = z.discriminatedUnion('about', [
  about('tenants', { part, after: number }),
  about('cycle', { tenant, cycle: number }),
  about('cycles', { tenant, limit: number, before: number.exactOptional() }),
  about('lines', {
    tenant,
    cycle: number,
    status: z.enum(['held', 'failed', 'refused', 'done']),
    part,
    after: number,
  }),
  about('findings', { tenant, cycle: number, after: number }),
  about('openFindings', { tenant, kind: text.nullable(), part, after: number }),
  about('findingCounts', { tenant }),
  about('pause', { tenant }),
  about('configuration', { tenant, version: number.exactOptional() }),
  about('seenPreview', { tenant }),
  about('signedInAt', { tenant }),
  about('approvals', { tenant: tenant.nullable(), open: z.boolean(), after: number }),
  about('approval', { tenant, approval: number, after: number }),
  about('endedApprovals', { tenant: tenant.nullable() }),
  about('reopen', { tenant, approval: number, by: text, note: z.string().max(noteMax) }),
  about('whoMay', { tenant, subject: text.nullable(), addresses: z.array(text).max(addressesMax) }),
  about('requestPage', {
    ...{ tenant, approval: number, from: number, search: text },
    ...{ subject: text.nullable(), addresses: z.array(text).max(addressesMax) },
  }),
  about('decisionPreview', {
    ...{ tenant, approval: number, decision: z.enum(['approve', 'reject']), by: text },
    ...{ only: parts, except: parts },
  }),
  about('history', {
    tenant,
    person: text.exactOptional(),
    since: z.string().max(40).exactOptional(),
    kinds: z.array(z.enum(journalKinds)).max(kindsMax).exactOptional(),
    after: number,
  }),
  about('verify', { tenant, from: z.object({ sequence: number, hash: z.string().max(64) }).nullable() }),
  about('undo', { tenant, cycle: number }),
  about('erase', byHand),
  about('link', { ...byHand, timelyUser: text }),
  about('unlink', byHand),
  about('signInAddress', {
    tenant,
    redirectUri: address,
    state: text,
    codeChallenge: text,
    file: z.unknown().optional(),
  }),
  about('personSignInPage', {
    ...{ tenant, redirectUri: address, state: text, nonce: text, codeChallenge: text },
    asksForAccount: z.boolean(),
  }),
  about('personSignedIn', {
    ...{ tenant, redirectUri: address, state: text, nonce: text, codeVerifier: text },
    parameters: z.string().max(answerMax),
  }),
  about('why', { tenant, subject: text, from: number.exactOptional() }),
  about('subjects', { tenant, subject: text }),
  about('previewProgress', preview),
  about('previewLines', { ...preview, after: number, compared: z.boolean() }),
  about('previewFindings', { ...preview, after: number }),
  about('previewEnd', preview),
  about('directoryId', { tenant, domain: text, login: address.nullable() }),
  about('lookList', { ...preview, kind: z.enum(lookLists), part: text }),
  about('invite', { tenant: tenantName, link: digest, by: text }),
  about('revokeInvitation', { tenant, by: text }),
  about('linkUnopened', { link: digest }),
  about('openSetUp', setUpBrowser),
  about('openedSetUp', { link: digest }),
  about('moveSetUp', { ...setUpBrowser, proof: sealedSecret }),
  about('setUp', setUpBrowser),
  about('saveSetUp', { ...setUpBrowser, draft: sealed, secrets: z.array(sealedSecret).max(secretsMax) }),
  about('finishSetUp', setUpBrowser),
  about('mayConsent', { tenant, file: z.unknown(), personId: text, proof: sealedSecret }),
]);

/** The tenant file has limits of its own. */
const previewInput: z.ZodType<PreviewInput> = z.object({
  id: text,
  file: z.unknown(),
  againstRunning: z.boolean(),
  look: text.exactOptional(),
});

const lookInput: z.ZodType<LookInput> = z.object({ id: text, file: z.unknown() });

const connectInput: z.ZodType<ConnectInput> = z.object({
  tenant,
  code: address,
  codeVerifier: text,
  redirectUri: address,
  file: z.unknown().optional(),
});

/** @throws WrongUseError that names the part of the payload that no command sends */
const reader =
  <Payload>(schema: z.ZodType<Payload>) =>
  (payload: unknown): Payload => {
    const parsed = schema.safeParse(payload);
    if (parsed.success) return parsed.data;
    const place = parsed.error.issues[0]?.path.join('.') || 'it';
    throw new WrongUseError(
      `This query cannot be answered: "${place}" is missing, too long, or of another type than commands send.`,
    );
  };

export const readQuery = reader(storeQuery);
export const readPreviewInput = reader(previewInput);
export const readLookInput = reader(lookInput);
export const readConnectInput = reader(connectInput);
