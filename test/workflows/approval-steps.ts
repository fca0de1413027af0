/** What may happen to a tenant and its approvals, one step at a time. Every sequence of steps is valid. */
import fc from 'fast-check';

/** People of the model. The first one is sensitive, so her removal has an approval of its own. */
export const peopleNames = ['Ada', 'Bo', 'Cy', 'Di', 'Ed'];
export const deciders = ['lea@contoso.example', 'max@contoso.example', 'Lea@Contoso.example '];

/** A person's state in the directory. Each way to leave makes another change, with another fingerprint. */
const directoryStates = ['there', 'deleted', 'disabled'] as const;
export type DirectoryState = (typeof directoryStates)[number];

const person = fc.nat({ max: peopleNames.length - 1 });
/** Mostly none: the approval refuses a decision about people who are not in it. */
const chosenPeople = fc.oneof(
  { weight: 3, arbitrary: fc.constant<number[]>([]) },
  { weight: 1, arbitrary: fc.uniqueArray(person, { minLength: 1, maxLength: 2 }) },
);

export const step = fc.oneof(
  {
    weight: 4,
    /** `applies`: the planned changes are also applied; else a later plan contains them again. */
    arbitrary: fc.record({ do: fc.constant('plan' as const), applies: fc.boolean() }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('move' as const),
      who: person,
      to: fc.constantFrom(...directoryStates),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('decide' as const),
      /** Counted back from the newest approval. */
      back: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat({ max: 2 }) }),
      decision: fc.oneof(
        { weight: 2, arbitrary: fc.constant('approve' as const) },
        { weight: 1, arbitrary: fc.constant('reject' as const) },
      ),
      by: fc.constantFrom(...deciders),
      only: chosenPeople,
      except: chosenPeople,
      bySignal: fc.boolean(),
      /** False: the next step does not wait for the result. */
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

/** A person leaves, a plan is made, and then any steps follow: random steps alone would rarely find an open approval. */
const scene = fc
  .tuple(
    fc.array(fc.record({ who: person, to: fc.constantFrom('deleted' as const, 'disabled' as const) }), {
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
export type DecideStep = Extract<Step, { do: 'decide' }>;
