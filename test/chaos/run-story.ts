/**
 * Runs a story in a world of its own: real PostgreSQL, real Temporal, and a worker in a process that the story kills. At
 * each quiet moment it compares the whole of Timely with what the oracle says.
 */
import { join } from 'node:path';
import { approvalWorkflowId, decideUpdate, parseApprovalId } from '../../workflows/messages.ts';
import { ask } from '../support/ask.ts';
import { endProcess } from '../support/program.ts';
import { rates } from '../support/rates.ts';
import { startWorld, until, type World } from '../support/world.ts';
import { adopted, type ChaosSettings, chaosTenantFile, fillChaos, type GroupIds } from './company.ts';
import type { DirectoryKind, StoryDirectory, StorySimulator } from './directories/directory.ts';
import { editDirectory, editTimely } from './edits.ts';
import { differences, isBelow, isInScope, type Known, lostPlaces, placesOf } from './oracle.ts';
import type { Step } from './story.ts';
import { type Decided, wrongWrites } from './wrong-writes.ts';

/** How a story ended. */
export interface Ending {
  /** Sentences; empty when Timely was as the oracle says at each quiet moment. */
  differences: string[];
  /** How often each fault took effect. */
  fired: Record<string, number>;
}

const settledWithinMs = 240_000;
const cycleWithinMs = 120_000;
const firstSettings: ChaosSettings = { removalsMax: 3, requestsPerSecond: rates.oneByOne };
/** Each story ends with them. */
const lastSteps: readonly Step[] = [
  { do: 'settle', full: false },
  { do: 'settle', full: true },
];

/** `program`: another build of the worker, for planted defects. */
export async function runStory(
  story: readonly Step[],
  kind: DirectoryKind,
  program?: string,
): Promise<Ending> {
  const { groupIds, editFile = (text: string) => text } = kind;
  const world = await startWorld({
    tenantFile: join(import.meta.dirname, '..', '..', 'tenants', kind.tenantFile),
    company: (microsoft, timely, okta, sap) =>
      fillChaos(kind.directory({ microsoft, okta, sap }), groupIds, timely),
    editFile: (text) => chaosTenantFile(editFile(text), firstSettings, groupIds),
    ...(program !== undefined && { program }),
  });
  try {
    kind.prepare(world.sandbox);
    const run = new StoryRun(world, kind);
    await run.begin();
    for (const step of [...story, ...lastSteps]) {
      await run.take(step);
      if (run.differences.length > 0) break;
    }
    return { differences: run.differences, fired: run.firedFaults() };
  } finally {
    await world.close();
  }
}

class StoryRun {
  readonly differences: string[] = [];
  readonly #world: World;
  readonly #directory: StoryDirectory;
  readonly #simulator: StorySimulator;
  readonly #firstGroups: GroupIds;
  /** Timely users that were added by hand, and their places in teams as hands left them. */
  readonly #strangers = new Set<number>();
  #strangersPlaces = new Set<string>();
  /** Every address that a person has had, by id. */
  readonly #addresses = new Map<string, Set<string>>();
  readonly #addressesBySignIn = new Map<string, Set<string>>();
  readonly #recycled = new Set<string>();
  readonly #spared = new Set<string>();
  readonly #approved = new Set<string>();
  readonly #decided: Decided = {
    approved: this.#approved,
    removalsMax: firstSettings.removalsMax,
    removed: [],
  };
  /** The last requests up to which writes were checked. */
  #checkedTo = { directory: 0, timely: 0 };
  /** Timely was edited by hand, or members were hidden: only a full cycle notices that. */
  #needsFullCycle = false;
  #groups: GroupIds;
  #seenGroups: ReadonlySet<string>;
  /** The roles by hand of people who were in Timely before, while nothing else has given them one. */
  readonly #handRoles = new Map<string, string | null>();
  #serial = 0;

  constructor(world: World, kind: DirectoryKind) {
    const { microsoft, okta, sap } = world.sandbox;
    this.#world = world;
    this.#directory = kind.directory({ microsoft: microsoft.state, okta: okta.state, sap: sap.state });
    this.#simulator = kind.simulator(world.sandbox);
    this.#firstGroups = kind.groupIds;
    this.#groups = kind.groupIds;
    this.#seenGroups = new Set(Object.values(kind.groupIds));
  }

  async begin(): Promise<void> {
    const { state } = this.#timely;
    for (const { id, email } of state.present) if (email.endsWith('@hand.example')) this.#strangers.add(id);
    this.#strangersPlaces = placesOf(state, this.#strangers);
    this.#recordAddresses();
    const person = this.#directory.people().find(({ mail }) => mail === adopted.email);
    if (person) this.#handRoles.set(person.id, adopted.role);
    await this.#world.startWorker();
    await this.#world.start(cycleWithinMs);
    // An existing team that waits for its adoption would block the exchange of names, as it should.
    await this.#decide((await this.#world.approvals()).findIndex(isAdoption), 'approve');
  }

  async take(step: Step): Promise<void> {
    this.#serial += 1;
    switch (step.do) {
      case 'directory':
        await this.#untilIdle();
        this.#groups = editDirectory(this.#directory, step, {
          groups: this.#groups,
          seenGroups: this.#seenGroups,
          serial: this.#serial,
        });
        if (step.edit === 'hideGroup') this.#needsFullCycle = true;
        this.#recordAddresses();
        if (step.edit === 'recycleAddress') this.#recordRecycled();
        return this.#recordHandRoles();
      case 'by hand':
        return await this.#editByHand(step);
      case 'break the directory':
        this.#simulator.setFault(step.fault, {
          operation: step.operation,
          times: 1,
          ...attemptOf(step),
        });
        return;
      case 'break Timely':
        this.#timely.faults.set(step.fault, {
          operation: step.operation,
          times: step.times,
          ...attemptOf(step),
        });
        return;
      case 'cycle':
        return await this.#cycle(step.full, step.killAfter);
      case 'decide':
        return await this.#decide(step.which, step.decision);
      case 'configure':
        await this.#untilIdle();
        this.#decided.removalsMax = Math.max(this.#decided.removalsMax, step.removalsMax);
        await this.#world.configure((text) => chaosTenantFile(text, step, this.#firstGroups));
        return;
      case 'settle':
        return await this.#settle(step.full);
    }
  }

  get #timely() {
    return this.#world.sandbox.timely;
  }

  #known(): Known {
    return {
      groups: this.#groups,
      handRoles: this.#handRoles,
      strangers: this.#strangers,
      strangersPlaces: this.#strangersPlaces,
      recycled: this.#recycled,
      spared: this.#spared,
      addressesOf: (personId) => [...(this.#addresses.get(personId) ?? [])],
    };
  }

  /** Every account with a sign-in name stands for one Timely user, also when the address was given to another person. */
  #recordAddresses(): void {
    for (const { id, mail, ...person } of this.#directory.people()) {
      const signIn = person.signIn.toLowerCase();
      const known = this.#addresses.get(id) ?? new Set(this.#addressesBySignIn.get(signIn));
      known.add(String(mail).toLowerCase());
      this.#addresses.set(id, known);
      this.#addressesBySignIn.set(
        signIn,
        new Set([...(this.#addressesBySignIn.get(signIn) ?? []), ...known]),
      );
    }
  }

  /** All addresses of the newest account, and with them those of the account before. */
  #recordRecycled(): void {
    const newest = this.#directory.people().at(-1);
    for (const address of this.#addresses.get(newest?.id ?? '') ?? []) this.#recycled.add(address);
  }

  /** A role by hand is certain only while its person stays in scope and no rule gives them another. */
  #recordHandRoles(): void {
    const people = this.#directory.people();
    // A new account may take over the Timely user of the one before, with the role by hand.
    const addresses = new Set(
      [...this.#handRoles.keys()].flatMap((id) => [...(this.#addresses.get(id) ?? [])]),
    );
    for (const { id } of people) {
      const isSame = [...(this.#addresses.get(id) ?? [])].some((address) => addresses.has(address));
      if (isSame && !this.#handRoles.has(id)) this.#handRoles.set(id, null);
    }
    for (const id of this.#handRoles.keys()) {
      const person = people.find((each) => each.id === id);
      const stays = person && isInScope(this.#directory, person, this.#known());
      if (!stays || isBelow(this.#directory, this.#groups.managers, id)) this.#handRoles.set(id, null);
    }
  }

  async #editByHand(step: Extract<Step, { do: 'by hand' }>): Promise<void> {
    await this.#untilIdle();
    const { state } = this.#timely;
    this.differences.push(...lostPlaces(state, this.#known()));
    const stranger = editTimely(state, step, this.#strangers, this.#serial);
    if (stranger) this.#strangers.add(stranger.id);
    for (const id of this.#handRoles.keys()) this.#handRoles.set(id, null);
    this.#needsFullCycle = true;
    this.#strangersPlaces = placesOf(state, this.#strangers);
  }

  /**
   * Waits for a moment between two cycles. Edits happen only then: Timely has no versions, so one of two writes at the same
   * moment may be lost, and whether a write was right depends on the directory as it was.
   */
  async #untilIdle(): Promise<void> {
    await until(
      'a moment between two cycles',
      async () => {
        const { stage, nextCycleAt } = await this.#world.status();
        const isFar = nextCycleAt !== null && Date.parse(nextCycleAt) > Date.now() + 2_000;
        return (stage === 'waiting' && isFar) || null;
      },
      cycleWithinMs,
    );
    const { ledger } = this.#timely;
    const writes = ledger.writes(this.#checkedTo.timely);
    const reads = this.#simulator.ledger.entries(this.#checkedTo.directory);
    const hasFault = (name: string) => reads.some(({ faults }) => faults?.includes(name));
    const unseen = { isStale: hasFault('staleList'), hidesDeletions: hasFault('logGap') };
    this.#checkedTo = { timely: ledger.last, directory: this.#simulator.ledger.last };
    const directory = this.#directory;
    this.differences.push(...wrongWrites(writes, directory, this.#known(), this.#decided, unseen));
  }

  async #cycle(full: boolean, killAfter: number | null = null): Promise<void> {
    const world = this.#world;
    const requests = () => this.#simulator.ledger.last + this.#timely.ledger.last;
    const before = requests();
    const done = world.cycle({ full }).then(() => true);
    if (killAfter !== null) {
      const isDue = async () => requests() >= before + killAfter || null;
      // A cycle with fewer requests than that ends undisturbed.
      await Promise.race([done, until('the moment to kill', isDue, cycleWithinMs)]);
      await Promise.all([...world.workers].map(endProcess));
      world.workers.clear();
      await world.startWorker();
    }
    await done;
  }

  async #decide(which: number, decision: 'approve' | 'reject'): Promise<void> {
    const world = this.#world;
    const open = await world.approvals();
    const approval = open[which % Math.max(open.length, 1)];
    const key = approval && parseApprovalId(approval.id);
    if (!approval || !key) return;
    // A rejected change of a team would hide what happens to its people.
    const isAboutTeams = approval.rule === 'team-shrinks' || approval.rule === 'adopts-team';
    const rejects = decision === 'reject' && !isAboutTeams;
    await this.#untilIdle();
    for (const subject of approval.subjects)
      (rejects ? this.#spared : this.#approved).add(subject.toLowerCase());
    const { cycle } = await world.status();
    const isDecided = await world.client.workflow
      .getHandle(approvalWorkflowId(key.tenant, key.approval))
      .executeUpdate(decideUpdate, {
        args: [{ decision: rejects ? 'reject' : 'approve', by: 'chaos@contoso.example' }],
      })
      .then(() => true)
      .catch(async (error: unknown) => {
        // It may have ended by itself a moment ago; any other error is a defect.
        if ((await world.approvals()).some(({ id }) => id === approval.id)) throw error;
        return false;
      });
    // The decision wakes the loop, whose status says `waiting` until its next run begins: no edit may happen before that.
    if (isDecided) await world.untilCycle(cycle, cycleWithinMs);
    if (isAboutTeams) this.#forgetPlacesOfDeletedTeams();
    await this.#untilIdle();
  }

  /** An approval may have deleted a team, with the places that hands gave in it. */
  #forgetPlacesOfDeletedTeams(): void {
    const ids = new Set(this.#timely.state.teams.map(({ id }) => String(id)));
    this.#strangersPlaces = new Set(
      [...this.#strangersPlaces].filter((place) => ids.has(place.split('/')[0] ?? '')),
    );
  }

  /** Ends the faults, approves all open approvals, and runs cycles until one has nothing to do. */
  async #settle(whole: boolean): Promise<void> {
    const { timely } = this.#world.sandbox;
    this.#simulator.clearFaults();
    timely.faults.clear();
    await this.#untilIdle();
    this.#directory.hiding?.showAllMembers();
    let full = whole || this.#needsFullCycle;
    this.#needsFullCycle = false;
    const quietCycle = async () => {
      const before = timely.ledger.last;
      await this.#cycle(full);
      full = false;
      const isQuiet = await this.#isQuiet();
      return (isQuiet && timely.ledger.writes(before).length === 0) || null;
    };
    await until('a cycle that has nothing to do', quietCycle, settledWithinMs).catch((error: Error) =>
      this.differences.push(error.message),
    );
    await this.#untilIdle();
    this.#seenGroups = new Set(Object.values(this.#groups));
    this.differences.push(...differences(this.#directory, timely.state, this.#known()));
  }

  firedFaults(): Record<string, number> {
    const ledgers = [this.#simulator.ledger, this.#timely.ledger];
    const fired = ledgers.flatMap((ledger) => ledger.entries().flatMap(({ faults = [] }) => faults));
    return Object.fromEntries(
      [...new Set(fired)].map((name) => [name, fired.filter((each) => each === name).length]),
    );
  }

  /** Whether the last cycle left nothing open. Approves the first open approval. */
  async #isQuiet(): Promise<boolean> {
    const { client, taskQueue, tenant } = this.#world;
    const [open] = await this.#world.approvals();
    if (open) await this.#decide(0, 'approve');
    const { health, cycle } = await this.#world.status();
    const query = { about: 'cycle', tenant, cycle } as const;
    const report = await ask<{ counts: { failed: number } } | null>(client, taskQueue, query);
    return !open && health === 'ok' && report?.counts.failed === 0;
  }
}

const isAdoption = ({ rule }: { rule: string }) => rule === 'adopts-team';

const attemptOf = ({ attempt }: { attempt: number | null }) => ({ attempt: attempt ?? undefined });
