/** What happens next for a person, or what an operator can do: the last line of `timely-sync why`. */
import { isSameAddress } from '../people/address.ts';
import { driftAdvice } from '../people/joiner-findings.ts';
import type { VerdictCode } from '../people/verdict.ts';
import type { FindingKind } from '../plan/finding-kinds.ts';
import { nextForWaiting, type WhyPerson } from './why.ts';

type Facts = Omit<WhyPerson, 'next'>;

/** Returns the next step for a person, in a sentence. It follows from what waits, else from the verdict. */
export function nextForPerson(facts: Facts): string {
  const [waiting] = facts.waiting;
  if (waiting) return nextForWaiting(waiting);
  const isThere = facts.timely !== null && !facts.timely.removed;
  if (facts.verdict?.inScope) return isThere ? nextWhileManaged(facts) : nextForJoiner(facts);
  if (isThere) return facts.link ? nextForLeaver(facts) : nextWhileUnmanaged(facts);
  if (!facts.person) return 'Nothing: the directory does not have them, and they are not in Timely.';
  return facts.verdict
    ? stepOutOfScope[facts.verdict.code]
    : `No plan has looked at them yet: \`timely-sync sync ${facts.tenant}\` makes one.`;
}

const hasFinding = ({ findings }: Facts, wanted: FindingKind) => findings.some(({ kind }) => kind === wanted);

function nextWhileManaged(facts: Facts): string {
  if (facts.timely && hasFinding(facts, 'cannot-change')) return adviceForDrift(facts, facts.timely);
  const [finding] = facts.findings;
  return finding
    ? `They are in Timely, but see the finding ${finding.kind}: ${finding.message}`
    : 'Nothing: they are in Timely, as the tenant file says.';
}

/** The same step as in the finding, so that an operator does not read two different ones. */
function adviceForDrift({ person }: Facts, timely: NonNullable<Facts['timely']>): string {
  const email = person?.email ?? null;
  const newAddress = email !== null && !isSameAddress(timely.email, email) ? email : null;
  return driftAdvice({ pending: timely.pending, newAddress });
}

function nextForJoiner(facts: Facts): string {
  if (hasFinding(facts, 'no-email'))
    return 'Give them an address in the directory that Timely accepts; then they are invited.';
  if (hasFinding(facts, 'removed-in-timely'))
    return 'They were removed in Timely by hand, and `leavers.removedInTimely` is `respect`. Set it to `ask` or `restore`, or restore them in Timely by hand.';
  return `The next cycle brings them in; \`timely-sync provision ${facts.tenant} ${facts.person?.id ?? ''}\` does it now.`;
}

function nextForLeaver(facts: Facts): string {
  if (hasFinding(facts, 'leaver'))
    return 'They stay in Timely because `leavers.action` is `report`. Remove them there by hand, or set it to `remove`.';
  if (facts.verdict?.code === 'paused')
    return 'They stay as they are while the account is suspended: `source.suspended` is `keep`.';
  const since = facts.link?.outOfScopeSince;
  const isAtOnce = facts.verdict?.code === 'disabled' || facts.verdict?.code === 'deleted';
  if (since && !isAtOnce)
    return `They are removed when \`leavers.graceDays\` are over, counted from ${since.slice(0, 10)}, unless they are in scope again by then.`;
  return 'They are out of scope and still in Timely. The next cycle plans their removal; `timely-sync preview` shows it.';
}

function nextWhileUnmanaged(facts: Facts): string {
  return hasFinding(facts, 'unmanaged-leaver')
    ? 'The sync did not add them to Timely, so it does not remove them. Remove them there by hand if they should go.'
    : 'Nothing: the sync did not add them to Timely, and leaves them alone.';
}

/** For people who are neither in scope nor in Timely. */
const stepOutOfScope: Record<VerdictCode, string> = {
  included: 'Nothing: they are in scope.',
  deleted: 'Nothing: the directory no longer has the account.',
  disabled:
    'Nothing while the account is disabled. Enable it in the directory if they should be in Timely; then the lines of scope decide.',
  paused:
    'Nothing while the account is suspended: nobody new is invited then, and whoever is in Timely stays.',
  'other-kind':
    'Nothing: accounts of this kind are never brought in. Change the kind in the directory if they work for the company.',
  agent: 'Nothing: accounts of AI agents are never brought in, whatever line of scope fits them.',
  excluded:
    'That line of scope.exclude wins over every line of scope.include. Change it, or take them out of what it names, if they should be in Timely.',
  'guest-not-accepted':
    'They have to accept the invitation to the directory first. Send it again there if they have lost it.',
  'guest-not-allowed':
    'Add `guests: true` to that line, or set `scope.guests` to `include`, if they should be in Timely.',
  'no-rule': 'Nothing, unless they should be in Timely: then a line of scope.include has to fit them.',
};
