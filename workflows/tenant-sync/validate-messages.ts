/**
 * What a tenant's loop refuses before it accepts an Update. Synchronous, because an asynchronous validator does not refuse
 * (docs/reference/temporal.md section 2.6).
 */
import { ApplicationFailure } from '@temporalio/workflow';
import { problemWithDecider } from '../../domain/approvals/decider-name.ts';
import { failureTypes } from '../../domain/errors.ts';
import { wrongUseFailure } from '../failures.ts';
import type { ConfigureInput, OrderInput, ProvisionInput, UndoRequest } from '../messages.ts';

const personLengthMax = 320;
const nameLengthMax = 200;

export function requireTenantFile(input: ConfigureInput): void {
  if (typeof input?.file === 'object' && input.file !== null) return;
  throw ApplicationFailure.nonRetryable(
    'A tenant file is needed: {"file": {"tenant": …}}.',
    failureTypes.configuration,
  );
}

export function requireCycle(input: UndoRequest): void {
  const isCycle = Number.isSafeInteger(input?.cycle) && input.cycle > 0;
  const hasName = typeof input?.by === 'string' && input.by.trim() !== '' && input.by.length <= nameLengthMax;
  if (isCycle && hasName) {
    const unclear = problemWithDecider(input.by);
    if (unclear) throw wrongUseFailure(unclear);
    return;
  }
  throw wrongUseFailure('A cycle is needed, and who undoes it: {"cycle": 7, "by": "…"}.');
}

export function requirePerson(input: ProvisionInput): void {
  const { person, id } = input ?? {};
  const isText = typeof person === 'string' && person.trim() !== '' && person.length <= personLengthMax;
  if (isText && (id === undefined || /^[\w-]{1,64}$/.test(String(id)))) return;
  throw wrongUseFailure('A person is needed: {"person": "an e-mail address, a name or an object id"}.');
}

/** Who gave an order by Signal; null where that was not said, or not clearly. Nothing is refused: a pause always counts. */
export function orderedBy(input: OrderInput | undefined): string | null {
  const by: unknown = input?.by;
  const isName = typeof by === 'string' && by.trim() !== '' && by.length <= nameLengthMax;
  return isName && problemWithDecider(by) === null ? by : null;
}
