/** Which changes a decision covers, for any names: as the rule says it, compared one by one. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type ChosenSubjects, chooseChanges, type NamedChange } from '../../../domain/approvals/decision.ts';
import { changeKinds } from '../../../domain/plan/change.ts';
import { sameText } from '../../../domain/text.ts';

/** Few, so that names meet: of people, of kinds, of changes, in several spellings, and none at all. */
const names = [
  'ada@x.example',
  'ADA@X.example ',
  'bo@x.example',
  'Robin',
  'robin',
  'remove',
  'Link',
  'remove:Robin',
  'remove:remove',
  'remove: bo@x.example',
  'link:ada@x.example',
  'remove:link:Robin',
  'Sales: North',
  ':',
  'remove:',
  'link：Robin',
  'Σς',
  'σσ',
  '\ud800',
  '\ufffd',
  '',
  ' ',
  '__proto__',
] as const;
const name = fc.constantFrom<string>(...names);
const kind = fc.constantFrom('link' as const, 'remove' as const, 'retireTeam' as const);
const row: fc.Arbitrary<NamedChange> = fc.record({ change: kind, subject: name, name });
const text = fc.oneof(
  name,
  fc.constantFrom<string>(...changeKinds),
  fc.tuple(fc.constantFrom('link', 'REMOVE', 'retireTeam', 'no'), name).map((parts) => parts.join(':')),
);
const texts = fc.array(text, { maxLength: 3 });

type Fits = (row: NamedChange) => boolean;

/** The people that a name matches: those with that subject, or the only one with that display name. Null when several have it. */
function peopleNamed(rows: readonly NamedChange[], said: string): Fits[] | null {
  if (rows.some(({ subject }) => sameText(subject, said))) return [({ subject }) => sameText(subject, said)];
  const [first, ...others] = rows.filter((each) => sameText(each.name, said));
  if (!first) return [];
  if (others.some(({ subject }) => !sameText(subject, first.subject))) return null;
  return [({ subject }) => sameText(subject, first.subject)];
}

/** What a text means; null where that is nothing, or more than one thing. */
function meant(rows: readonly NamedChange[], said: string): Fits | null {
  const whole = peopleNamed(rows, said);
  const colon = said.indexOf(':');
  const prefix = colon < 0 ? said : said.slice(0, colon);
  const kindSaid = changeKinds.find((each) => sameText(each, prefix));
  const part = colon < 0 || !kindSaid ? [] : peopleNamed(rows, said.slice(colon + 1));
  if (whole === null || part === null || (whole.length > 0 && part.length > 0)) return null;
  const [person] = whole;
  const [partner] = part;
  const isKind: Fits = ({ change }) => change === kindSaid;
  const fits: Fits | null =
    person ?? (partner ? (each) => isKind(each) && partner(each) : colon < 0 && kindSaid ? isKind : null);
  return fits && rows.some(fits) ? fits : null;
}

/** The positions of the chosen changes; null where the decision is refused. */
function expected(rows: readonly NamedChange[], { only, except }: ChosenSubjects): number[] | null {
  const [wanted, left] = [only, except].map((list) => list.map((said) => meant(rows, said)));
  if (!wanted || !left || [...wanted, ...left].includes(null)) return null;
  const isIn = (list: (Fits | null)[], each: NamedChange) => list.some((fits) => fits?.(each));
  const chosen = [...rows.keys()].filter((place) => {
    const each = rows[place];
    return each && (only.length === 0 || isIn(wanted, each)) && !isIn(left, each);
  });
  return chosen.length > 0 || only.length + except.length === 0 ? chosen : null;
}

test('a decision covers exactly what its texts mean, and nothing where one of them is unclear', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 6 }), texts, texts, (rows, only, except) => {
      const choice = chooseChanges(rows, { only, except });
      const places = 'problem' in choice ? null : choice.chosen.map((each) => rows.indexOf(each));
      expect(places).toEqual(expected(rows, { only, except }));
    }),
    { numRuns: 5_000 },
  );
});
