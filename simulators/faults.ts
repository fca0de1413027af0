import { droppedResponse, type SimulatedRequest, type SimulatedResponse } from './simulated-response.ts';

export const errorShapes = ['texts', 'list', 'text', 'plain text', 'quoted text', 'below user'] as const;
export type ErrorShape = (typeof errorShapes)[number];

export const countings = ['sliding second', 'clock second', 'bucket'] as const;
export type Counting = (typeof countings)[number];

/** Which requests a fault is for, how often, and its options. What is left out fits every request. */
export interface FaultSetting {
  /** `users.delta`; a `*` at the end or the beginning stands for the rest: `users.*`, `*.delta`. */
  operation?: string | undefined;
  /** E-mail address, name or id, ignoring case. */
  subject?: string | undefined;
  /** Only the n-th fitting request since the fault was set, from 1. */
  attempt?: number | undefined;
  /** Fires so many times, then it is over; without end when absent. */
  times?: number | undefined;
  /** `after`: the effect happens first, then the answer is spoilt. Default `before`. */
  when?: 'before' | 'after' | undefined;
  /** For throttling: seconds (2, 2.128), `date`, or `nothing` for no header. */
  retryAfter?: number | 'date' | 'nothing' | undefined;
  /** For `latency`. */
  milliseconds?: number | undefined;
  /** For `clockOff`. */
  minutes?: number | undefined;
  /** For `fewerObjects` and `fewerMembers`. */
  percent?: number | undefined;
  /** For `foreignNextLink`: an origin. */
  host?: string | undefined;
  /** For `rateLimit`. */
  perSecond?: number | undefined;
  /** For `rateLimit`: how the service counts; `sliding second` unless given. */
  counting?: Counting | undefined;
  /** For `rejectPerson`: Timely's messages by field. */
  fields?: Record<string, string[]> | undefined;
  /** For `seatLimit`: what is answered instead of 422. */
  status?: number | undefined;
  /** For `errorShape`: how Timely tells what it refuses. */
  shape?: ErrorShape | undefined;
  /** For `fieldsIgnored`: keys of a write that are dropped. */
  ignored?: string[] | undefined;
  /** For `signInRefused`: the AADSTS number. */
  code?: number | undefined;
}

type Verdict = SimulatedResponse | 'acted' | null;

/** What one fault does while it is set. Effects with neither method are asked for by the routes: `faults.fires(name, call)`. */
export interface FaultEffect {
  /** Answers in place of the service; `acted`: has done its part, the service answers; null: not this time. */
  instead?(request: SimulatedRequest): Verdict | Promise<Verdict>;
  /** Spoils what the service answered; null: nothing to spoil here. */
  rewrite?(response: SimulatedResponse, request: SimulatedRequest): SimulatedResponse | null;
}

/** A switch: what it does, in words, and the maker of its effect, so that an effect can keep state of its own. */
export interface FaultDefinition {
  about: string;
  /** Operations it is for unless the setting names one. */
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

/** The switches of one simulator. */
export class Faults<Name extends string = string> {
  readonly table: Record<Name, FaultDefinition>;
  readonly #set: SetFault<Name>[] = [];

  constructor(table: Record<Name, FaultDefinition>) {
    this.table = table;
  }

  /** Switches a fault on; the same fault may be set several times with different matches. */
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

  /** Faults that were set and never had an effect: a test that set one proved nothing with it. */
  unfired(): Name[] {
    return this.#set.filter(({ fired }) => fired === 0).map(({ name }) => name);
  }

  /** Whether a fault that the routes themselves act out is to be acted out now; counts as fired. */
  fires(name: Name, request: SimulatedRequest): boolean {
    const due = this.#due(request).find((fault) => fault.name === name);
    if (due) this.#spend(due, request);
    return due !== undefined;
  }

  /** Carries out a request under the faults that fit it. */
  async around(
    request: SimulatedRequest,
    handle: () => Promise<SimulatedResponse>,
  ): Promise<SimulatedResponse> {
    for (const fault of this.#set) if (fault.on && fits(fault.setting, request)) fault.seen += 1;
    const before = await this.#instead(request, 'before');
    if (before) return before;
    const handled = await handle();
    let response = (await this.#instead(request, 'after')) ?? handled;
    for (const fault of this.#due(request)) {
      const spoilt = fault.effect.rewrite?.(response, request) ?? null;
      if (spoilt === null) continue;
      response = spoilt;
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
        on && fits(setting, request) && (setting.attempt === undefined || setting.attempt === seen),
    );
  }

  #spend(fault: SetFault<Name>, request: SimulatedRequest): void {
    fault.fired += 1;
    if (fault.setting.times !== undefined && fault.fired >= fault.setting.times) fault.on = false;
    request.faults.push(fault.name);
  }
}

function fits({ operation, subject }: FaultSetting, request: SimulatedRequest): boolean {
  return (
    (operation === undefined || fitsOperation(operation, request.operation)) &&
    (subject === undefined || request.subject?.toLowerCase() === subject.toLowerCase())
  );
}

function fitsOperation(wanted: string, operation: string): boolean {
  if (wanted.endsWith('*')) return operation.startsWith(wanted.slice(0, -1));
  if (wanted.startsWith('*')) return operation.endsWith(wanted.slice(1));
  return operation === wanted;
}

/** Headers of a 429 in the forms that services use: seconds, decimals, a date, or nothing. */
export function retryAfterHeader(setting: FaultSetting, now: Date): Record<string, string> {
  const value = setting.retryAfter ?? 1;
  if (value === 'nothing') return {};
  return { 'retry-after': value === 'date' ? new Date(now.getTime() + 2000).toUTCString() : String(value) };
}

/** Both simulators may have these. */
export const dropConnection: FaultDefinition = {
  about: 'The connection is cut without an answer; with `when: after` once the effect has happened.',
  make: () => ({ instead: () => droppedResponse }),
};
export const cutBody: FaultDefinition = {
  about: 'The connection is cut in the middle of the answer; its effect has happened.',
  make: () => ({ rewrite: (response) => ({ ...response, cut: true }) }),
};
export const latency: FaultDefinition = {
  about: 'Every answer takes `milliseconds` longer.',
  make: ({ milliseconds = 100 }) => ({
    instead: async () => {
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      return 'acted' as const;
    },
  }),
};
