/** What may happen to a tenant and its requests, one step at a time. Every sequence of steps is a valid one. */
import fc from 'fast-check';

/** People of the model; the first one is sensitive, and asked about alone. */
export const peopleNames = ['Ada', 'Bo', 'Cy', 'Di', 'Ed'];
export const deciders = ['lea@contoso.example', 'max@contoso.example', 'Lea@Contoso.example '];

/** Where somebody stands in the directory: each way to leave makes another change of it, with another fingerprint. */
const standings = ['there', 'deleted', 'disabled'] as const;
export type DirectoryStanding = (typeof standings)[number];

const somebody = fc.nat({ max: peopleNames.length - 1 });
/** Mostly nobody: an answer that names somebody who is not in the request is refused. */
const some = fc.oneof(
  { weight: 3, arbitrary: fc.constant<number[]>([]) },
  { weight: 1, arbitrary: fc.uniqueArray(somebody, { minLength: 1, maxLength: 2 }) },
);

export const step = fc.oneof(
  {
    weight: 4,
    /** `applies`: what is planned is also done; else a later plan has to have it again. */
    arbitrary: fc.record({ do: fc.constant('plan' as const), applies: fc.boolean() }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('move' as const),
      who: somebody,
      to: fc.constantFrom(...standings),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('answer' as const),
      /** Counted from the newest request. */
      back: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat({ max: 2 }) }),
      decision: fc.oneof(
        { weight: 2, arbitrary: fc.constant('approve' as const) },
        { weight: 1, arbitrary: fc.constant('reject' as const) },
      ),
      by: fc.constantFrom(...deciders),
      only: some,
      except: some,
      bySignal: fc.boolean(),
      /** False: what comes next does not wait for the answer. */
      awaited: fc.boolean(),
      twice: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'restart' as const }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 200, max: 1_800 }) }),
  },
);
export type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** Somebody leaves and is planned for, and then anything happens: steps alone would hardly ever find a request to answer. */
const scene = fc
  .tuple(
    fc.array(fc.record({ who: somebody, to: fc.constantFrom('deleted' as const, 'disabled' as const) }), {
      minLength: 1,
      maxLength: 3,
    }),
    fc.boolean(),
    fc.array(step, { maxLength: 5, size: 'max' }),
  )
  .map(([leavers, applies, others]): Step[] => [
    ...leavers.map((leaver) => ({ do: 'move' as const, ...leaver })),
    { do: 'plan', applies },
    ...others,
  ]);
export const scenes = fc
  .array(scene, { minLength: 2, maxLength: 3, size: 'max' })
  .map((each): Step[] => each.flat());
export type AnswerStep = Extract<Step, { do: 'answer' }>;
