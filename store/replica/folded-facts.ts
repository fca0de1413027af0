/** Facts of the replica that SQL searches, folded by us: PostgreSQL folds by other rules (domain/text.ts). */
import { foldText } from '../../domain/text.ts';

const searched = ['name', 'mail', 'userPrincipalName', 'proxyAddresses'] as const;

/** Adds `folded:<fact>` beside each searched fact of a patch. A patch of the fact thus always replaces the folded one too. */
export function withFoldedFacts(facts: Record<string, unknown>): Record<string, unknown> {
  const folded = searched.flatMap((fact) =>
    facts[fact] === undefined ? [] : [[`folded:${fact}`, foldedFact(facts[fact])]],
  );
  return { ...facts, ...Object.fromEntries(folded) };
}

function foldedFact(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(foldedFact);
  return typeof value === 'string' ? foldText(value) : null;
}
