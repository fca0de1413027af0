/**
 * Each kind of write, once with its response lost and once with the worker killed right after it. Timely ends right, each
 * write has its effect once, and no person gets a second mail.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { approveSignal } from '../../../workflows/messages.ts';
import { endProcess } from '../../support/program.ts';
import { startWorld, until, type World } from '../../support/world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld();
  await world.startWorker();
  await world.start();
}, 90_000);
afterAll(() => world.close());

/** The people and teams of a round. Each name occurs once, so that a round finds its own writes. */
interface Round {
  joins: string;
  returns: string;
  promoted: string;
  leaves: string;
  newTeam: string;
  /** Name of the team before and after. */
  renamed: [string, string];
  /** Leaves Design Guild, and joins it. */
  moves: [string, string];
  retired: string;
}

const lost: Round = {
  joins: 'Nora Winter',
  returns: 'Grace Hall',
  promoted: 'Bao Nguyen',
  leaves: 'Umar Farouk',
  newTeam: 'Aurora',
  renamed: ['Apollo', 'Apollo South'],
  moves: ['Carla Mendes', 'Hana Sato'],
  retired: 'Gemini',
};
const killed: Round = {
  joins: 'Nils Sommer',
  returns: 'Tara Singh',
  promoted: 'Daniel Okafor',
  leaves: 'Vera Kowalska',
  newTeam: 'Borealis',
  renamed: ['Apollo South', 'Apollo North'],
  moves: ['Elif Yilmaz', 'Jules Moreau'],
  retired: 'Aurora',
};

const addressOf = (name: string) => `${name.toLowerCase().replace(' ', '.')}@contoso.example`;

/** Returns the writes of a round by phase. Each has to be made once. */
const writesOf = (round: Round): [operation: string, subject: string][][] => [
  [['users.remove', addressOf(round.leaves)]],
  [
    ['users.invite', addressOf(round.joins)],
    ['users.invite', addressOf(round.returns)],
  ],
  [['users.update', addressOf(round.promoted)]],
  [
    ['teams.create', round.newTeam],
    ['teams.update', round.renamed[0]],
    ['teams.update', 'Design Guild'],
    ['teams.delete', round.retired],
  ],
];

const timely = () => world.sandbox.timely.state;
const roleOf = (name: string) => timely().role(timely().byEmail(addressOf(name))?.role_id ?? 0)?.name;
const hasTeam = (name: string) => timely().teams.some((team) => team.name === name);

/** Return whether Timely shows the effect of a write. */
const effects: Record<string, (round: Round, subject: string) => boolean> = {
  'users.remove': (_round, subject) => !world.present().includes(subject),
  'users.invite': (_round, subject) => world.present().includes(subject),
  'users.update': ({ promoted }) => roleOf(promoted) === 'manager',
  'teams.create': (_round, subject) => hasTeam(subject),
  'teams.update': ({ renamed, moves }, subject) =>
    subject === 'Design Guild' ? world.team(subject).includes(addressOf(moves[1])) : hasTeam(renamed[1]),
  'teams.delete': (_round, subject) => !hasTeam(subject),
};

/** Removes a person and opens the approval of a team's end, then makes all other edits at once. */
async function arrange(round: Round): Promise<void> {
  const { state } = world.sandbox.microsoft;
  state.change(round.returns, { accountEnabled: false });
  state.deleteGroup(`Timely - ${round.retired}`);
  await world.cycle();
  expect(world.present()).not.toContain(addressOf(round.returns));
  state.change(round.returns, { accountEnabled: true });
  state.join({ displayName: round.joins, department: 'Design' });
  state.addToGroup(round.promoted, 'Timely Managers');
  state.leave(round.leaves);
  state.createGroup({ displayName: `Timely - ${round.newTeam}` });
  state.addToGroup('Chen Wei', `Timely - ${round.newTeam}`);
  state.renameGroup(`Timely - ${round.renamed[0]}`, `Timely - ${round.renamed[1]}`);
  state.removeFromGroup(round.moves[0], 'Design Guild');
  state.addToGroup(round.moves[1], 'Design Guild');
}

/** Approves the team's end, which starts the cycle with all changes. */
async function approveRetirement({ retired }: Round): Promise<void> {
  const { id } = await world.approvalOf(retired);
  await world.approvalHandle(id).signal(approveSignal, { by: 'it-lead@contoso.example' });
}

async function expectGoodEnd(round: Round, since: number): Promise<void> {
  const { ledger, faults } = world.sandbox.timely;
  expect(faults.unfired()).toEqual([]);
  const made = ledger.writes(since).map(({ operation, subject }) => `${operation} ${subject}`);
  for (const [operation, subject] of writesOf(round).flat()) {
    expect(effects[operation]?.(round, subject)).toBe(true);
    expect(made.filter((write) => write === `${operation} ${subject}`)).toHaveLength(1);
  }
  for (const name of [round.joins, round.returns]) expect(timely().mailsTo(addressOf(name))).toBe(1);
  const guild = timely().teams.find(({ name }) => name === 'Design Guild');
  const memberRow = (email: string) =>
    guild?.users.find(({ user_id }) => user_id === timely().byEmail(email)?.id);
  expect(memberRow('lena.fischer@contoso.example')).toMatchObject({ lead: true });
  expect(memberRow('frida@studio-lang.example')).toMatchObject({ hide_hours: true });
  expect(memberRow('tom@baker-illustration.example')).toBeDefined();
  const settled = ledger.last;
  await world.cycle({ full: true });
  expect(ledger.writes(settled)).toEqual([]);
}

test('makes each kind of write once when its response is lost', async () => {
  await arrange(lost);
  const { faults, ledger } = world.sandbox.timely;
  for (const [operation, subject] of writesOf(lost).flat()) {
    faults.set('responseLost', { operation, subject, times: 1 });
  }
  const since = ledger.last;
  const { cycle } = await world.status();
  await approveRetirement(lost);
  await world.untilCycle(cycle);
  await expectGoodEnd(lost, since);
}, 60_000);

test('makes each kind of write once when the worker is killed after it', async () => {
  await arrange(killed);
  const { faults, ledger } = world.sandbox.timely;
  // The worker dies while the response to a finished write is on the way.
  for (const [operation, subject] of writesOf(killed).flat()) {
    faults.set('latency', { operation, subject, when: 'after', milliseconds: 4_000, times: 1 });
  }
  const since = ledger.last;
  const { cycle } = await world.status();
  await approveRetirement(killed);
  for (const phase of writesOf(killed)) {
    await until(
      phase.map((write) => write.join(' ')).join(', '),
      async () => phase.every(([operation, subject]) => effects[operation]?.(killed, subject)) || null,
    );
    await Promise.all([...world.workers].map(endProcess));
    await world.startWorker();
  }
  await world.untilCycle(cycle);
  await expectGoodEnd(killed, since);
}, 180_000);
