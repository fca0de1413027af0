/** Which objects the system sees: neither blocked, nor hidden by a policy. */
import type { SapKind, SapObject, SapUser } from '../directory/records.ts';
import { type ScimResource, type Showing, showObject } from '../directory/shown.ts';
import type { SapState } from '../directory/state.ts';
import { filterTest } from '../scim/filter.ts';

/** Lists that are kept while nothing changes, so that each page of a read is cheap. */
const listsKept = 16;

export class VisibleObjects {
  readonly #state: SapState;
  readonly #origin: () => string;
  readonly #lists = new Map<string, readonly string[]>();
  #hidden: ReadonlySet<string> | null = null;
  #madeAtChange = -1;

  constructor(state: SapState, origin: () => string) {
    this.#state = state;
    this.#origin = origin;
  }

  /** Returns the ids of a list in order: all that the system sees, or the blocked users. */
  ids(kind: SapKind, filter: string | null, blocked: boolean): readonly string[] {
    this.#forgetOld();
    const key = `${kind} ${blocked} ${filter}`;
    const known = this.#lists.get(key);
    if (known) return known;
    const test = filterTest(filter, this.#state.behaviour);
    const ids = this.#state.sortedIds(kind).filter((id) => {
      const object = this.#state.get(id);
      if (!object || !this.#isListed(object, blocked)) return false;
      return test === null || test(this.show(object, true));
    });
    if (this.#lists.size >= listsKept) this.#lists.clear();
    this.#lists.set(key, ids);
    return ids;
  }

  #isListed(object: SapObject, blocked: boolean): boolean {
    if (object.kind === 'group') return !blocked;
    return object.blocked === blocked && !this.isHidden(object);
  }

  /** Whether a read by id finds an object. */
  isFound(object: SapObject, kind: SapKind, blocked: boolean): boolean {
    if (object.kind !== kind) return false;
    if (object.kind === 'group') return true;
    const isShown = this.#state.behaviour.hiddenById === 'shown' || !this.isHidden(object);
    return object.blocked === blocked && isShown;
  }

  isHidden(user: SapUser): boolean {
    this.#forgetOld();
    this.#hidden ??= this.#hiddenIds();
    return this.#hidden.has(user.id);
  }

  #hiddenIds(): ReadonlySet<string> {
    const test = filterTest(this.#state.hidden, { ...this.#state.behaviour, filterOperators: 'all' });
    if (!test) return new Set();
    const hidden = this.#state.users().filter((user) => test(this.show(user, true)));
    return new Set(hidden.map(({ id }) => id));
  }

  show(object: SapObject, inList: boolean): ScimResource {
    return showObject(object, this.showing(inList));
  }

  showing(inList: boolean): Showing {
    return {
      state: this.#state,
      origin: this.#origin(),
      inList,
      isHidden: (user) => this.isHidden(user),
    };
  }

  #forgetOld(): void {
    if (this.#madeAtChange === this.#state.changes) return;
    this.#madeAtChange = this.#state.changes;
    this.#lists.clear();
    this.#hidden = null;
  }
}
