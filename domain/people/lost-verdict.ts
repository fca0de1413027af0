/** Verdicts about people whom the directory does not show (any more). */
import type { ScopeVerdict } from './verdict.ts';

/** Returns the verdict about a person whom the directory no longer has. */
export const deletedVerdict = (personId: string): ScopeVerdict =>
  lostVerdict(personId, 'the directory no longer has the account');

/** Returns the verdict about a person whom the directory no longer shows, without proof of a deletion. */
export function hiddenVerdict(personId: string): ScopeVerdict {
  const reason = 'the directory no longer shows the account, and has no record of its deletion';
  return { ...lostVerdict(personId, reason), doubt: reason };
}

function lostVerdict(personId: string, reason: string): ScopeVerdict {
  const nothing = {
    email: null,
    otherAddresses: [],
    department: null,
    domain: null,
    ruleIndex: null,
    role: null,
  };
  return { personId, inScope: false, code: 'deleted', reason, ...nothing };
}
