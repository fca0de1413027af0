/**
 * The directory's objects with their history. The version counts edits. Each object records the versions at which it
 * appeared, left, and changed each property and link, so that changes since any version are found by a look-up.
 */

export type ObjectKind = 'user' | 'group';
export const relations = ['members', 'owners', 'manager'] as const;
export type Relation = (typeof relations)[number];

/** A link to another object. An ended link stays in the list, so that delta rounds can list its end. */
export interface Link {
  id: string;
  present: boolean;
  version: number;
}

export interface DirectoryObject {
  id: string;
  kind: ObjectKind;
  /** Index among the objects of its kind, in order of creation. */
  position: number;
  /** A `deleted` object can be restored, a `purged` one cannot. */
  status: 'live' | 'deleted' | 'purged';
  /** Version at which it was created or restored. */
  appeared: number;
  /** Version at which it was deleted or purged; 0 when never. */
  left: number;
  deletedDateTime: string | null;
  /** Properties that were set at least once. */
  properties: Record<string, unknown>;
  /** Version of each property that changed since the object appeared. */
  changed: Record<string, number>;
  links: Partial<Record<Relation, Link[]>>;
}

/** The saved form of the objects. */
export interface SavedObjects {
  version: number;
  objects: DirectoryObject[];
}

/** Number of rounds whose changed positions are cached while their pages are read. */
const roundsCached = 16;

/** The objects, their indexes, and the log of changes. */
export class DirectoryObjects {
  version = 0;
  /** Called with each object after it changed. */
  onChange: (object: DirectoryObject) => void = () => undefined;
  readonly users: DirectoryObject[] = [];
  readonly groups: DirectoryObject[] = [];
  readonly #byId = new Map<string, DirectoryObject>();
  readonly #bySignInName = new Map<string, DirectoryObject>();
  /** Ids of the objects with a present link, by relation and target. */
  readonly #sources: Record<Relation, Map<string, Set<string>>> = {
    members: new Map(),
    owners: new Map(),
    manager: new Map(),
  };
  /** Objects that changed, ascending by version. */
  readonly #log: { version: number; kind: ObjectKind; position: number }[] = [];
  /** Links by owner, relation and target. */
  readonly #links = new Map<string, Link>();
  /** Cached results of `positionsChanged`. They stay right, because the log only grows at its end. */
  readonly #placesChanged = new Map<string, number[]>();

  static load(saved: SavedObjects): DirectoryObjects {
    const objects = new DirectoryObjects();
    for (const object of saved.objects) {
      objects.of(object.kind)[object.position] = object;
      objects.#byId.set(object.id, object);
      objects.#indexSignInName(object);
      for (const relation of relations)
        for (const link of object.links[relation] ?? []) objects.#indexLink(object, relation, link);
      const { kind, position } = object;
      for (const version of lastVersions(object)) objects.#log.push({ version, kind, position });
    }
    objects.#log.sort((a, b) => a.version - b.version);
    objects.version = saved.version;
    return objects;
  }

  save(): SavedObjects {
    return { version: this.version, objects: [...this.users, ...this.groups] };
  }

  of(kind: ObjectKind): DirectoryObject[] {
    return kind === 'user' ? this.users : this.groups;
  }

  get(id: string): DirectoryObject | undefined {
    return this.#byId.get(id);
  }

  /** Returns a live user by sign-in name, in any letter case. */
  bySignInName(name: string): DirectoryObject | undefined {
    const user = this.#bySignInName.get(name.toLowerCase());
    return user?.status === 'live' ? user : undefined;
  }

  /** Returns the ids of the groups of a direct member. */
  groupsOf(memberId: string): ReadonlySet<string> {
    return this.#sources.members.get(memberId) ?? new Set();
  }

  /** Returns the positions of objects that changed after one version and up to another, ascending. */
  positionsChanged(kind: ObjectKind, after: number, upTo: number): number[] {
    const key = `${kind} ${after} ${upTo}`;
    const known = this.#placesChanged.get(key);
    if (known) return known;
    const positions = new Set<number>();
    for (
      let index = firstFitting(this.#log, ({ version }) => version > after);
      index < this.#log.length;
      index += 1
    ) {
      const entry = this.#log[index];
      if (!entry || entry.version > upTo) break;
      if (entry.kind === kind) positions.add(entry.position);
    }
    const found = [...positions].sort((a, b) => a - b);
    if (this.#placesChanged.size >= roundsCached) this.#placesChanged.clear();
    this.#placesChanged.set(key, found);
    return found;
  }

  create(kind: ObjectKind, id: string, properties: Record<string, unknown>): DirectoryObject {
    const object: DirectoryObject = {
      id,
      kind,
      position: this.of(kind).length,
      status: 'live',
      appeared: this.version + 1,
      left: 0,
      deletedDateTime: null,
      properties,
      changed: {},
      links: {},
    };
    this.of(kind).push(object);
    this.#byId.set(id, object);
    this.#indexSignInName(object);
    this.#note(object);
    return object;
  }

  set(object: DirectoryObject, property: string, value: unknown): void {
    if (JSON.stringify(object.properties[property]) === JSON.stringify(value)) return;
    if (property === 'userPrincipalName') {
      this.#bySignInName.delete(String(object.properties[property]).toLowerCase());
    }
    object.properties[property] = value;
    object.changed[property] = this.#note(object);
    this.#indexSignInName(object);
  }

  link(object: DirectoryObject, relation: Relation, id: string, present: boolean): void {
    const known = this.#links.get(`${object.id} ${relation} ${id}`);
    if ((known?.present ?? false) === present) return;
    const version = this.#note(object);
    if (known) Object.assign(known, { present, version });
    const link = known ?? { id, present, version };
    if (!known) {
      object.links[relation] ??= [];
      object.links[relation].push(link);
    }
    this.#indexLink(object, relation, link);
  }

  remove(object: DirectoryObject, status: 'deleted' | 'purged', at: Date): void {
    object.status = status;
    object.deletedDateTime ??= at.toISOString();
    object.left = this.#note(object);
    if (status === 'purged') this.#endLinksTo(object);
  }

  restore(object: DirectoryObject): void {
    object.status = 'live';
    object.deletedDateTime = null;
    object.appeared = this.#note(object);
    this.#indexSignInName(object);
  }

  /** A deleted object keeps its memberships until it is purged (docs/reference/microsoft-graph.md section 1.5). */
  #endLinksTo(target: DirectoryObject): void {
    for (const relation of relations)
      for (const id of [...(this.#sources[relation].get(target.id) ?? [])]) {
        const source = this.get(id);
        if (source) this.link(source, relation, target.id, false);
      }
  }

  #note(object: DirectoryObject): number {
    this.version += 1;
    this.#log.push({ version: this.version, kind: object.kind, position: object.position });
    this.onChange(object);
    return this.version;
  }

  #indexSignInName(object: DirectoryObject): void {
    const name = object.properties.userPrincipalName;
    if (typeof name === 'string') this.#bySignInName.set(name.toLowerCase(), object);
  }

  #indexLink(object: DirectoryObject, relation: Relation, link: Link): void {
    this.#links.set(`${object.id} ${relation} ${link.id}`, link);
    const sources = this.#sources[relation].get(link.id) ?? new Set();
    if (link.present) sources.add(object.id);
    else sources.delete(object.id);
    this.#sources[relation].set(link.id, sources);
  }
}

/** Returns the index of the first entry that fits, else the length. All entries after a fitting one have to fit. */
export function firstFitting<Item>(list: readonly Item[], fits: (item: Item) => boolean): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = list[middle];
    if (item !== undefined && !fits(item)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Returns the last version of each fact about an object: all that the log needs after a restart. */
function lastVersions({ appeared, left, changed, links }: DirectoryObject): number[] {
  const linked = Object.values(links).flatMap((list) => list.map(({ version }) => version));
  return [...new Set([appeared, left, ...Object.values(changed), ...linked])].filter(
    (version) => version > 0,
  );
}

/** Returns the ids of the present links of a relation. */
export const linkedIds = (object: DirectoryObject, relation: Relation): string[] =>
  (object.links[relation] ?? []).filter(({ present }) => present).map(({ id }) => id);
