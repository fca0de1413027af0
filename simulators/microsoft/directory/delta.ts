/**
 * Delta rounds (docs/reference/microsoft-graph.md section 1). A round reads the changes after the version `from`. A link
 * carries the round and the position of the next page, so that clients may request links again and in any order.
 */
import {
  type DirectoryObject,
  type DirectoryObjects,
  firstFitting,
  type ObjectKind,
  type Relation,
} from './objects.ts';
import { derivedType, typeOf } from './properties.ts';

export interface DeltaRound {
  kind: ObjectKind;
  /** 0 reads everything. */
  from: number;
  /** The version at the start of the round, where the next round starts. */
  to: number;
  /** Selected properties, without relations. */
  properties: string[];
  relations: Relation[];
  /** Only these objects (`$filter` on id). */
  ids: string[] | null;
}

/** Where a page begins: at an object, and at one of its members when a group continues on the next page. */
export interface PagePosition {
  position: number;
  member: number;
}

export interface PageSizes {
  objects: number;
  links: number;
}

export interface DeltaPage {
  value: Record<string, unknown>[];
  /** Null on the last page of the round. */
  next: PagePosition | null;
}

/** How entries look: with changed properties only, and whose members they show. */
interface DeltaView {
  minimal: boolean;
  shows(group: DirectoryObject): boolean;
}

/** Reads one page. The size of the directory costs no more than a binary search in the log of changes. */
export function readDeltaPage(
  objects: DirectoryObjects,
  round: DeltaRound,
  start: PagePosition,
  sizes: PageSizes,
  view: DeltaView,
): DeltaPage {
  const value: Record<string, unknown>[] = [];
  let linksLeft = sizes.links;
  for (const object of candidates(objects, round, start.position)) {
    const firstMember = object.position === start.position ? start.member : 0;
    if (round.ids && !round.ids.includes(object.id)) continue;
    if (value.length >= sizes.objects || linksLeft <= 0) {
      return { value, next: { position: object.position, member: 0 } };
    }
    const { entry, links, nextMember } = describe(objects, round, object, {
      firstMember,
      room: linksLeft,
      ...view,
    });
    if (entry) value.push(entry);
    linksLeft -= links;
    if (nextMember !== null) return { value, next: { position: object.position, member: nextMember } };
  }
  return { value, next: null };
}

/** Yields objects that the round may list, from a position on. */
function* candidates(
  objects: DirectoryObjects,
  round: DeltaRound,
  start: number,
): Generator<DirectoryObject> {
  const all = objects.of(round.kind);
  const positions = round.from === 0 ? null : objects.positionsChanged(round.kind, round.from, round.to);
  const end = positions?.length ?? all.length;
  for (
    let index = positions ? firstFitting(positions, (position) => position >= start) : start;
    index < end;
    index += 1
  ) {
    const object = all[positions?.[index] ?? index];
    if (object) yield object;
  }
}

interface Description {
  entry: Record<string, unknown> | null;
  links: number;
  /** Member with which the next page continues; null when all members fit. */
  nextMember: number | null;
}
interface EntryLimits extends DeltaView {
  firstMember: number;
  room: number;
}

/** Returns the entry of one object, null when nothing that the round tracks has changed. */
function describe(
  objects: DirectoryObjects,
  round: DeltaRound,
  object: DirectoryObject,
  limits: EntryLimits,
): Description {
  if (object.status !== 'live') {
    // A first round may list removed objects, as the published sample does (users-delta-initial.json).
    const reason = object.status === 'deleted' ? 'changed' : 'deleted';
    const entry = object.left > round.from ? { id: object.id, '@removed': { reason } } : null;
    return { entry, links: 0, nextMember: null };
  }
  const appeared = object.appeared > round.from;
  const changed = round.properties.filter((name) => appeared || (object.changed[name] ?? 0) > round.from);
  const entry = derivedType(object);
  entry.id = object.id;
  for (const name of limits.minimal ? changed : round.properties)
    if (name in object.properties) entry[name] = object.properties[name];
  let links = 0;
  let nextMember: number | null = null;
  for (const relation of round.relations) {
    const found = changedLinks(objects, round, object, relation, limits);
    if (found.links.length > 0) entry[`${relation}@delta`] = found.links;
    links += found.links.length;
    nextMember = found.next ?? nextMember;
  }
  const isListed = appeared || changed.length > 0 || links > 0;
  return { entry: isListed ? entry : null, links, nextMember };
}

function changedLinks(
  objects: DirectoryObjects,
  round: DeltaRound,
  object: DirectoryObject,
  relation: Relation,
  { firstMember, room, shows }: EntryLimits,
): { links: Record<string, unknown>[]; next: number | null } {
  const links: Record<string, unknown>[] = [];
  const all = relation !== 'members' || shows(object) ? (object.links[relation] ?? []) : [];
  const appeared = object.appeared > round.from;
  for (let index = relation === 'members' ? firstMember : 0; index < all.length; index += 1) {
    const link = all[index];
    if (!link) continue;
    const isListed = link.present
      ? appeared || link.version > round.from
      : round.from > 0 && link.version > round.from;
    if (!isListed) continue;
    if (relation === 'members' && links.length >= room) return { links, next: index };
    const linked = objects.get(link.id);
    const type = { '@odata.type': linked ? typeOf(linked) : '#microsoft.graph.user', id: link.id };
    links.push(link.present ? type : { ...type, '@removed': { reason: 'deleted' } });
  }
  return { links, next: null };
}
