/**
 * The buttons of operators, one after each number of requests of a first cycle and of those that follow. Started by
 * `npm run chaos -- --buttons 200`.
 */
import { expect, test } from '@jest/globals';
import { startLimitedTemporal } from '../journeys/limited-temporal.ts';
import { rates } from '../support/rates.ts';
import { type Button, buttons, type Choose, press } from './buttons.ts';
import { doWork, type StageEnd, stageKinds } from './staged-work.ts';

const points = Number(process.env.CHAOS_BUTTONS ?? 200);
const concurrency = Number(process.env.CHAOS_CONCURRENCY ?? 3);
const worlds = Math.ceil(points / stageKinds.length);
/** Repeats one world alone. */
const only = process.env.CHAOS_WORLD === undefined ? null : Number(process.env.CHAOS_WORLD);

const print = (line: string) => process.stderr.write(`${line}\n`);

/** The same items for the same number. */
function chooser(number: number): Choose {
  let state = number * 2_654_435_761;
  return (items) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return items[(state >>> 8) % Math.max(items.length, 1)];
  };
}

interface Pressed {
  button: Button;
  afterRequests: number;
  laterMs: number;
}

function pointOf(world: number, stage: number, requests: number): Pressed {
  const number = world * stageKinds.length + stage;
  const choose = chooser(number + 1);
  return {
    button: buttons[(number + world) % buttons.length] ?? 'terminate',
    afterRequests: 1 + (choose(Array.from({ length: Math.max(requests, 1) }, (_, index) => index)) ?? 0),
    laterMs: choose([0, 3, 9, 27, 81]) ?? 0,
  };
}

test(
  `${points} buttons end as an undisturbed run does`,
  async () => {
    const temporal = await startLimitedTemporal({});
    const addresses = { temporal: temporal.address, postgres: process.env.TEST_POSTGRES_URL ?? '' };
    try {
      const undisturbed: StageEnd[] = [];
      const nothing = stageKinds.map(() => null);
      await doWork(addresses, nothing, rates.oneByOne, (_stage, end) => undisturbed.push(end));
      const open = only === null ? Array.from({ length: worlds }, (_, world) => world) : [only];
      const differences: unknown[] = [];
      const inWorld = async (world: number) => {
        const planned = stageKinds.map((_kind, stage) =>
          pointOf(world, stage, undisturbed[stage]?.requests ?? 0),
        );
        const disturbances = planned.map(({ button, ...when }, stage) => ({
          ...when,
          disturb: async (disturbed: Parameters<typeof press>[0]) => {
            await press(disturbed, button, chooser(world * 100 + stage + 7));
          },
        }));
        await doWork(
          addresses,
          disturbances,
          world % 2 === 0 ? rates.oneByOne : rates.batched,
          (stage, end) => {
            const point = { world, stage, ...planned[stage] };
            print(`${JSON.stringify(point)}: ${end.requests} requests`);
            const expected = undisturbed[stage] ?? end;
            const { users, teams, chainBroken } = expected;
            expect({ point, ...compared(end, expected) }).toEqual({
              point,
              ...{ users, teams, chainBroken, mailsTooMany: [], removedWithoutReason: [] },
            });
          },
        );
      };
      await Promise.all(
        Array.from({ length: Math.min(concurrency, open.length) }, async () => {
          for (let world = open.shift(); world !== undefined; world = open.shift()) {
            await inWorld(world).catch((error: unknown) => {
              print(`world ${world}: ${error}`);
              differences.push(error);
            });
          }
        }),
      );
      if (differences.length > 0) throw differences[0];
    } finally {
      await temporal.stop();
    }
  },
  points * 180_000,
);

/** What has to be equal. An undo may cause a mail or a removal of the people it concerned, each time. */
function compared(end: StageEnd, undisturbed: StageEnd) {
  const { users, teams, chainBroken, undone } = end;
  const emailsOf = ({ mails }: StageEnd) => mails.map((mail) => mail.split(' ')[1] ?? '');
  return {
    users,
    teams,
    chainBroken,
    mailsTooMany: surplus(emailsOf(end), [...emailsOf(undisturbed), ...undone]),
    removedWithoutReason: surplus(end.removals, [...undisturbed.removals, ...undone]),
  };
}

/** What is left of a list without what another one allows. */
function surplus(list: readonly string[], allowed: readonly string[]): string[] {
  const rest = allowed.map((each) => each.toLowerCase());
  return list.filter((each) => {
    const place = rest.indexOf(each.toLowerCase());
    if (place !== -1) rest.splice(place, 1);
    return place === -1;
  });
}
