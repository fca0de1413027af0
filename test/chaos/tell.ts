/**
 * Tells a story in a world of its own: real PostgreSQL, real Temporal, a worker in a process that gets killed. After each
 * quiet moment the whole of Timely is compared with what the oracle says.
 */
import { approvalWorkflowId, decideUpdate, parseApprovalId } from '../../workflows/messages.ts';
import { ask } from '../support/ask.ts';
import { rates } from '../support/rates.ts';
import { endProcess, startWorld, until, type World } from '../support/world.ts';
import { type ChaosSettings, chaosTenantFile, fillChaos } from './company.ts';
import { editDirectory, editTimely } from './edits.ts';
import { differences, type Known, placesOf } from './oracle.ts';
import type { Step } from './story.ts';
import { type Decided, wrongWrites } from './wrong-writes.ts';

/** How a story ended. */
export interface Ending {
  /** Sentences; empty when Timely was as the oracle says at each quiet moment. */
  differences: string[];
  /** How often each fault had its effect. */
  fired: Record<string, number>;
}

/** So that a round of ten people has pages in its middle, which some faults need. */
const smallPages = { objects: 4, links: 6 };
const settledWithinMs = 240_000;
const cycleWithinMs = 120_000;
const first: ChaosSettings = { removalsMax: 3, requestsPerSecond: rates.oneByOne };

/** `program`: another build of the worker, for planted defects. */
export async function tell(story: readonly Step[], program?: string): Promise<Ending> {
  const world = await startWorld({
    company: fillChaos,
    editFile: (text) => chaosTenantFile(text, first),
    ...(program !== undefined && { program }),
  });
  try {
    world.sandbox.microsoft.options.deltaPage = smallPages;
    const teller = createTeller(world);
    await teller.begin();
    for (const step of [
      ...story,
      { do: 'settle', full: false } as const,
      { do: 'settle', full: true } as const,
    ]) {
      await teller.act(step);
      if (teller.found.length > 0) break;
    }
    return { differences: teller.found, fired: teller.fired() };
  } finally {
    await world.close();
  }
}

function createTeller(world: World) {
  const { microsoft, timely } = world.sandbox;
  const found: string[] = [];
  const strangers = new Set<number>();
  const spared = new Set<string>();
  const addresses = new Map<string, Set<string>>();
  let strangersPlaces = new Set<string>();
  const approved = new Set<string>();
  const decided: Decided = { approved, removalsMax: first.removalsMax, removed: [] };
  let looked = 0;
  /** What hands did in Timely is seen by full cycles alone. */
  let handsBusy = false;
  let serial = 0;

  const known = (): Known => ({
    strangers,
    strangersPlaces,
    spared,
    addressesOf: (personId) => [...(addresses.get(personId) ?? [])],
  });

  function noteAddresses(): void {
    for (const { id, properties } of microsoft.state.objects.users) {
      const known = addresses.get(id) ?? new Set();
      known.add(String(properties.mail).toLowerCase());
      addresses.set(id, known);
    }
  }

  /**
   * Hands and edits fall between cycles: Timely has no versions, so whoever writes at the same moment may lose; and
   * whether a write was right is seen from the directory as it was.
   */
  async function idle(): Promise<void> {
    await until(
      'a moment between two cycles',
      async () => {
        const { stage, nextCycleAt } = await world.status();
        const isFar = nextCycleAt !== null && Date.parse(nextCycleAt) > Date.now() + 2_000;
        return (stage === 'waiting' && isFar) || null;
      },
      cycleWithinMs,
    );
    const writes = timely.ledger.writes(looked);
    looked = timely.ledger.last;
    found.push(...wrongWrites(writes, microsoft.state, known(), decided));
  }

  async function cycle(full: boolean, killAfter: number | null = null): Promise<void> {
    const requests = () => microsoft.ledger.last + timely.ledger.last;
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

  async function decide(which: number, decision: 'approve' | 'reject'): Promise<void> {
    const open = await world.approvals();
    const request = open[which % Math.max(open.length, 1)];
    const key = request && parseApprovalId(request.id);
    if (!request || !key) return;
    // What teams lose is somebody's decision as well, but a team that is spared would hide what happens to its people.
    const rejects = decision === 'reject' && request.rule !== 'team-shrinks';
    await idle();
    for (const subject of request.subjects) (rejects ? spared : approved).add(subject.toLowerCase());
    const { cycle } = await world.status();
    const isDecided = await world.client.workflow
      .getHandle(approvalWorkflowId(key.tenant, key.approval))
      .executeUpdate(decideUpdate, {
        args: [{ decision: rejects ? 'reject' : 'approve', by: 'chaos@contoso.example' }],
      })
      .then(() => true)
      .catch(async (error: unknown) => {
        // It ended by itself a moment ago; anything else is a difference.
        if ((await world.approvals()).some(({ id }) => id === request.id)) throw error;
        return false;
      });
    // The decision wakes the loop, which says that it waits until its next run has begun: no hand may come between.
    if (isDecided) await world.untilCycle(cycle, cycleWithinMs);
    await idle();
  }

  /** No faults, a worker, everything that is asked about approved, and cycles until nothing is left to do. */
  async function settle(whole: boolean): Promise<void> {
    microsoft.faults.clear();
    timely.faults.clear();
    await idle();
    let full = whole || handsBusy;
    handsBusy = false;
    await until(
      'a cycle that has nothing to do',
      async () => {
        const before = timely.ledger.last;
        await cycle(full);
        full = false;
        const [open] = await world.approvals();
        if (open) await decide(0, 'approve');
        const { health, cycle: number } = await world.status();
        const report = await ask<{ counts: { failed: number } } | null>(world.client, world.taskQueue, {
          about: 'cycle',
          tenant: world.tenant,
          cycle: number,
        });
        const isQuiet = !open && health === 'ok' && report?.counts.failed === 0;
        return (isQuiet && timely.ledger.writes(before).length === 0) || null;
      },
      settledWithinMs,
    ).catch((error: Error) => found.push(error.message));
    await idle();
    found.push(...differences(microsoft.state, timely.state, known()));
  }

  return {
    found,
    async begin(): Promise<void> {
      for (const { id, email } of timely.state.present)
        if (email.endsWith('@hand.example')) strangers.add(id);
      strangersPlaces = placesOf(timely.state, strangers);
      noteAddresses();
      await world.startWorker();
      await world.start();
    },

    async act(step: Step): Promise<void> {
      serial += 1;
      switch (step.do) {
        case 'directory':
          await idle();
          editDirectory(microsoft.state, step, serial);
          noteAddresses();
          return;
        case 'by hand': {
          await idle();
          found.push(...lostPlaces());
          const stranger = editTimely(timely.state, step, strangers, serial);
          if (stranger) strangers.add(stranger.id);
          handsBusy = true;
          strangersPlaces = placesOf(timely.state, strangers);
          return;
        }
        case 'break the directory':
          microsoft.faults.set(step.fault, {
            operation: step.stream,
            attempt: step.attempt ?? undefined,
            times: 1,
          });
          return;
        case 'break Timely':
          timely.faults.set(step.fault, {
            operation: step.operation,
            attempt: step.attempt ?? undefined,
            times: step.times,
          });
          return;
        case 'cycle':
          return await cycle(step.full, step.killAfter);
        case 'decide':
          return await decide(step.which, step.decision);
        case 'configure':
          await idle();
          decided.removalsMax = Math.max(decided.removalsMax, step.removalsMax);
          await world.configure((text) => chaosTenantFile(text, step));
          return;
        case 'settle':
          return await settle(step.full);
      }
    },

    fired(): Record<string, number> {
      const entries = [microsoft.ledger, timely.ledger].flatMap((ledger) =>
        ledger.entries().flatMap(({ faults = [] }) => faults),
      );
      return Object.fromEntries(
        [...new Set(entries)].map((name) => [name, entries.filter((each) => each === name).length]),
      );
    },
  };

  function lostPlaces(): string[] {
    const places = placesOf(timely.state, strangers);
    return [...strangersPlaces]
      .filter((place) => !places.has(place))
      .map((place) => `A place by hand is lost: ${place} (team/user/lead/hidden).`);
  }
}
