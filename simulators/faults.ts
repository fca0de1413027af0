import { droppedResponse, type SimulatedRequest, type SimulatedResponse } from './simulated-response.ts';

export const errorShapes = ['texts', 'list', 'text', 'plain text', 'quoted text', 'below user'] as const;
export type ErrorShape = (typeof errorShapes)[number];

export const countings = ['sliding second', 'clock second', 'bucket'] as const;
export type Counting = (typeof countings)[number];

/** Which requests a fault matches, how often it fires, and its options. An absent criterion matches every request. */
export interface FaultSetting {
  /** `users.delta`, or a pattern with `*` at one end: `users.*`, `*.delta`. */
  operation?: string | undefined;
  /** E-mail address, name or id, in any letter case. */
  subject?: string | undefined;
  /** Only the n-th matching request since the fault was set, from 1. */
  attempt?: number | undefined;
  /** Switches itself off after firing this often. Absent: never. */
  times?: number | undefined;
  /** `after`: the service carries the request out, then the fault replaces the response. Default: `before`. */
  when?: 'before' | 'after' | undefined;
  /** For throttling: seconds (2, 2.128), `date`, or `nothing` for no header. Default: 1. */
  retryAfter?: number | 'date' | 'nothing' | undefined;
  /** For `latency`. */
  milliseconds?: number | undefined;
  /** For `clockOff`. */
  minutes?: number | undefined;
  /** For `fewerObjects`, `fewerMembers` and `activeMissing`. */
  percent?: number | undefined;
  /** For `totalWrong` and `totalMoves`: how many more. */
  by?: number | undefined;
  /** For `foreignNextLink`: an origin. */
  host?: string | undefined;
  /** For `rateLimit`. */
  perSecond?: number | undefined;
  /** For `rateLimit`: how the service counts. Default: `sliding second`. */
  counting?: Counting | undefined;
  /** For `rejectPerson`: Timely's messages by field. */
  fields?: Record<string, string[]> | undefined;
  /** For `seatLimit` and SAP's `unavailable`: another status. */
  status?: number | undefined;
  /** For `errorShape`: the form of Timely's error messages. */
  shape?: ErrorShape | undefined;
  /** For `fieldsIgnored`: keys of a write that Timely drops. */
  ignored?: string[] | undefined;
  /** For `signInRefused`: the AADSTS number. */
  code?: number | undefined;
  /** For `permissionLeftOut`. */
  permissions?: string[] | undefined;
}

/** `acted`: the fault did its part and the service responds. Null: the fault does not apply to this request. */
type FaultOutcome = SimulatedResponse | 'acted' | null;

/** What a fault does while it is set. Routes carry out effects without methods, by `faults.fires(name, request)`. */
export interface FaultEffect {
  /** Responds in place of the service. */
  instead?(request: SimulatedRequest): FaultOutcome | Promise<FaultOutcome>;
  /** Changes the response of the service. Null: this response has nothing to change. */
  rewrite?(response: SimulatedResponse, request: SimulatedRequest): SimulatedResponse | null;
}

/** What a fault does, in words, and the maker of its effect. Each effect keeps its own state. */
export interface FaultDefinition {
  about: string;
  /** Operations that it matches unless the setting names others. */
  operation?: string;
  make(setting: FaultSetting): FaultEffect;
}

interface SetFault<Name> {
  name: Name;
  setting: FaultSetting;
  effect: FaultEffect;
  seen: number;
  fired: number;
  on: boolean;
}

/** The faults of one simulator. */
export class Faults<Name extends string = string> {
  readonly table: Record<Name, FaultDefinition>;
  readonly #set: SetFault<Name>[] = [];

  constructor(table: Record<Name, FaultDefinition>) {
    this.table = table;
  }

  /** Switches a fault on. The same fault may be set several times with different settings. */
  set(name: Name, setting: FaultSetting = {}): void {
    const { operation } = this.table[name];
    const effective = operation === undefined ? setting : { operation, ...setting };
    const effect = this.table[name].make(effective);
    this.#set.push({ name, setting: effective, effect, seen: 0, fired: 0, on: true });
  }

  /** Switches a fault off, or all of them. */
  clear(name?: Name): void {
    for (const fault of this.#set) if (name === undefined || fault.name === name) fault.on = false;
  }

  active(): { name: Name; setting: FaultSetting; fired: number }[] {
    return this.#set.filter(({ on }) => on).map(({ name, setting, fired }) => ({ name, setting, fired }));
  }

  /** Returns faults that were set and never fired: a test that set one has not tested it. */
  unfired(): Name[] {
    return this.#set.filter(({ fired }) => fired === 0).map(({ name }) => name);
  }

  /** Returns whether a route has to carry out a fault now, and counts it as fired. */
  fires(name: Name, request: SimulatedRequest): boolean {
    const due = this.#due(request).find((fault) => fault.name === name);
    if (due) this.#spend(due, request);
    return due !== undefined;
  }

  /** Handles a request under the faults that match it. */
  async around(
    request: SimulatedRequest,
    handle: () => Promise<SimulatedResponse>,
  ): Promise<SimulatedResponse> {
    for (const fault of this.#set) if (fault.on && matches(fault.setting, request)) fault.seen += 1;
    const before = await this.#instead(request, 'before');
    if (before) return before;
    const handled = await handle();
    let response = (await this.#instead(request, 'after')) ?? handled;
    for (const fault of this.#due(request)) {
      const rewritten = fault.effect.rewrite?.(response, request) ?? null;
      if (rewritten === null) continue;
      response = rewritten;
      this.#spend(fault, request);
    }
    return response;
  }

  async #instead(request: SimulatedRequest, when: 'before' | 'after'): Promise<SimulatedResponse | null> {
    for (const fault of this.#due(request)) {
      if ((fault.setting.when ?? 'before') !== when) continue;
      const verdict = (await fault.effect.instead?.(request)) ?? null;
      if (verdict === null) continue;
      this.#spend(fault, request);
      if (verdict !== 'acted') return verdict;
    }
    return null;
  }

  #due(request: SimulatedRequest): SetFault<Name>[] {
    return this.#set.filter(
      ({ on, setting, seen }) =>
        on && matches(setting, request) && (setting.attempt === undefined || setting.attempt === seen),
    );
  }

  #spend(fault: SetFault<Name>, request: SimulatedRequest): void {
    fault.fired += 1;
    if (fault.setting.times !== undefined && fault.fired >= fault.setting.times) fault.on = false;
    request.faults.push(fault.name);
  }
}

function matches({ operation, subject }: FaultSetting, request: SimulatedRequest): boolean {
  return (
    (operation === undefined || matchesOperation(operation, request.operation)) &&
    (subject === undefined || request.subject?.toLowerCase() === subject.toLowerCase())
  );
}

function matchesOperation(wanted: string, operation: string): boolean {
  if (wanted.endsWith('*')) return operation.startsWith(wanted.slice(0, -1));
  if (wanted.startsWith('*')) return operation.endsWith(wanted.slice(1));
  return operation === wanted;
}

/** Returns the headers of a 429 in the forms that services use: seconds, decimals, a date, or nothing. */
export function retryAfterHeader(setting: FaultSetting, now: Date): Record<string, string> {
  const value = setting.retryAfter ?? 1;
  if (value === 'nothing') return {};
  return { 'retry-after': value === 'date' ? new Date(now.getTime() + 2000).toUTCString() : String(value) };
}

/** Faults of all simulators. */
export const dropConnection: FaultDefinition = {
  about: 'Cuts the connection without a response; with `when: after`, the request still has its effect.',
  make: () => ({ instead: () => droppedResponse }),
};
export const cutBody: FaultDefinition = {
  about: 'Cuts the connection in the middle of the response; the request has its effect.',
  make: () => ({ rewrite: (response) => ({ ...response, cut: true }) }),
};
/** Carried out where the service tells its time. */
export const clockOff: FaultDefinition = {
  about: 'Sets the clock of the service `minutes` ahead; a negative number sets it behind.',
  make: () => ({ instead: () => 'acted' }),
};
export const latency: FaultDefinition = {
  about: 'Delays each response by `milliseconds`.',
  make: ({ milliseconds = 100 }) => ({
    instead: async () => {
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      return 'acted' as const;
    },
  }),
};
