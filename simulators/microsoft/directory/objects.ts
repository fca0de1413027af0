/**
 * The directory's objects with their history by version. The version counts edits; each object knows at which version it
 * appeared, left, and changed each property and link, so that "what changed since version N" is a look-up, whatever N.
 */

export type ObjectKind = 'user' | 'group';
export const relations = ['members', 'owners', 'manager'] as const;
export type Relation = (typeof relations)[number];

/** A link to another object; it stays in the list when it ends, so that its end can be told. */
export interface Link {
  id: string;
  present: boolean;
  version: number;
}

export interface DirectoryObject {
  id: string;
  kind: ObjectKind;
  /** Place among the objects of its kind, in order of creation. */
  position: number;
  /** `deleted` can be restored; `purged` is gone for good. */
  status: 'live' | 'deleted' | 'purged';
  /** Version at which it was created or restored. */
  appeared: number;
  /** Version at which it was deleted or purged; 0 while that never happened. */
  left: number;
  deletedDateTime: string | null;
  /** A property that was never set has no key. */
  properties: Record<string, unknown>;
  /** Versions of properties that changed since the object appeared. */
  changed: Record<string, number>;
  links: Partial<Record<Relation, Link[]>>;
}

/** What is saved of the objects. */
export interface SavedObjects {
  version: number;
  objects: DirectoryObject[];
}

/** Rounds whose changed places are kept at hand while their pages are read. */
const roundsRemembered = 16;

/** Objects, indexes over them, and the log of changes. */
export class DirectoryObjects {
  version = 0;
  /** Told of each object that changes, once the change is made. */
  onChange: (object: DirectoryObject) => void = () => undefined;
  readonly users: DirectoryObject[] = [];
  readonly groups: DirectoryObject[] = [];
  readonly #byId = new Map<string, DirectoryObject>();
  readonly #bySignInName = new Map<string, DirectoryObject>();
  /** Objects that have a present link to another one, by relation and target. */
  readonly #sources: Record<Relation, Map<string, Set<string>>> = {
    members: new Map(),
    owners: new Map(),
    manager: new Map(),
  };
  /** Which object changed at which version; ascending. */
  readonly #log: { version: number; kind: ObjectKind; position: number }[] = [];
  /** Links by owner, relation and target. */
  readonly #links = new Map<string, Link>();
  /** Answers of `placesChanged`; they never become wrong, since the log only grows at its end. */
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

  /** A live user by sign-in name, ignoring case. */
  bySignInName(name: string): DirectoryObject | undefined {
    const user = this.#bySignInName.get(name.toLowerCase());
    return user?.status === 'live' ? user : undefined;
  }

  /** Ids of the groups that somebody is a direct member of. */
  groupsOf(memberId: string): ReadonlySet<string> {
    return this.#sources.members.get(memberId) ?? new Set();
  }

  /** Places of the objects of a kind that changed after one version and up to another, ascending. */
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
    if (this.#placesChanged.size >= roundsRemembered) this.#placesChanged.clear();
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

/** Index of the first entry that fits, in a list where all entries behind a fitting one fit; its length when none does. */
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

/** Last version of each fact about an object: enough of the log to go on with after a restart. */
function lastVersions({ appeared, left, changed, links }: DirectoryObject): number[] {
  const linked = Object.values(links).flatMap((list) => list.map(({ version }) => version));
  return [...new Set([appeared, left, ...Object.values(changed), ...linked])].filter(
    (version) => version > 0,
  );
}

/** Ids of the present links of a relation. */
export const linkedIds = (object: DirectoryObject, relation: Relation): string[] =>
  (object.links[relation] ?? []).filter(({ present }) => present).map(({ id }) => id);
