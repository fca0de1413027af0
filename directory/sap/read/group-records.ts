/** Groups of SAP: which records fit, which of them count, and what changes with their members. */
import { z } from 'zod';
import { foldText } from '../../../domain/text.ts';
import { objectId } from '../../odd-records.ts';
import { withKnownNames } from '../../scim/known-names.ts';
import type { NeededGroups } from '../../source.ts';
import type { MemberRead } from './places.ts';

const sapGroupUrn = 'urn:ietf:params:scim:schemas:extension:sap:2.0:Group';

const member = z.looseObject({
  value: objectId,
  type: z.string().nullish().catch(null),
  $ref: z.string().nullish().catch(null),
});
const version = z.union([z.string(), z.number()]).nullish().catch(null);

const groupFields = z.looseObject({
  id: objectId,
  displayName: z.string().min(1).max(1_000),
  members: z.array(member).nullish(),
  meta: z
    .looseObject({ lastModified: z.string().nullish().catch(null), version })
    .nullish()
    .catch(null),
  [sapGroupUrn]: z.looseObject({ type: z.string().nullish() }).nullish(),
});
export const sapGroup = z.preprocess(withKnownNames(Object.keys(groupFields.shape)), groupFields);
export type SapGroup = z.output<typeof sapGroup>;

export interface SapMember {
  id: string;
  kind: 'user' | 'group';
}

/** SAP returns no more at once (docs/reference/okta-and-sap.md section 2.2): others may be missing then. */
export const membersMax = 20_000;

/** Direct members, each once. */
export function membersOf({ members }: SapGroup): SapMember[] {
  const found = new Map<string, SapMember>();
  for (const { value, type, $ref } of members ?? []) {
    const isGroup = type ? type.toLowerCase() === 'group' : /\/groups\//i.test($ref ?? '');
    found.set(value, { id: value, kind: isGroup ? 'group' : 'user' });
  }
  return [...found.values()];
}

/** A user group: it has no extension of SAP, or this kind (docs/reference/sap.md section 4). */
const isUserGroup = (group: SapGroup): boolean =>
  (group[sapGroupUrn]?.type || 'userGroup').toLowerCase() === 'usergroup';

/**
 * The name that a tenant file may use for a group. Groups of other kinds, such as policies, count only where the file has their
 * object id, or below a group that counts: their name is their id.
 */
export function countingName(
  { id, displayName, ...group }: SapGroup,
  { names, bound = [] }: NeededGroups,
): string {
  if (isUserGroup({ id, displayName, ...group })) return displayName;
  return [...names, ...bound].map(foldText).includes(foldText(id)) ? displayName : id;
}

/** What of a group changes with its members. Empty when it says neither. */
export const memberMark = ({ meta }: SapGroup): string =>
  [meta?.version ?? '', meta?.lastModified ?? ''].join(' ').trim();

const hasVersion = ({ meta }: SapGroup): boolean => Boolean(meta?.version);

/** When a group changed last; null when it does not say. */
export function changedAtMs({ meta }: SapGroup): number | null {
  const ms = Date.parse(meta?.lastModified ?? '');
  return Number.isNaN(ms) ? null : ms;
}

/** The mark of a group without a version has whole seconds, and its members may be listed later than it says. */
const settledMs = 30_000;

/**
 * How the members of a group were read. `atMs`: by SAP's clock. `before`: how they were read before; null in a whole read, which
 * people bear witness to. Other reads after a change are made twice, because nothing shows that the list was whole.
 */
export function memberReadOf(
  group: SapGroup,
  atMs: number,
  before: MemberRead | null | undefined,
): MemberRead {
  const mark = memberMark(group);
  const changedMs = changedAtMs(group);
  const isRecent = changedMs === null || atMs - changedMs < settledMs;
  const isFirst = before !== null && before?.mark !== mark;
  return { mark, isUnsettled: isFirst || (!hasVersion(group) && isRecent) };
}
