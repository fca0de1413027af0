/**
 * What a tenant's loop refuses before it accepts an Update. Synchronous, because an asynchronous validator does not refuse
 * (docs/reference/temporal.md section 2.6).
 */
import { ApplicationFailure } from '@temporalio/workflow';
import { problemWithDecider } from '../../domain/approvals/decider-name.ts';
import { type OrderSource, pausedText } from '../../domain/contract/control.ts';
import { failureTypes } from '../../domain/errors.ts';
import { wrongUseFailure } from '../failures.ts';
import type { ConfigureInput, ProvisionInput, TenantStatus, UndoRequest } from '../messages.ts';

const personLengthMax = 320;
const nameLengthMax = 200;

export function requireTenantFile(input: ConfigureInput): void {
  if (typeof input?.file === 'object' && input.file !== null) return;
  throw ApplicationFailure.nonRetryable(
    'A tenant file is needed: {"file": {"tenant": …}}.',
    failureTypes.configuration,
  );
}

/** `proceeding`: the cycle whose undo goes on. */
export function requireUndo(tenant: string, proceeding: number | null, request: UndoRequest): void {
  requireCycle(request);
  if (proceeding === null || proceeding === request.cycle) return;
  throw wrongUseFailure(
    `Cycle ${proceeding} of ${tenant} is being undone: undo cycle ${request.cycle} when that is done.`,
  );
}

function requireCycle(input: UndoRequest): void {
  const isCycle = Number.isSafeInteger(input?.cycle) && input.cycle > 0;
  const hasName = typeof input?.by === 'string' && input.by.trim() !== '' && input.by.length <= nameLengthMax;
  if (isCycle && hasName) {
    const unclear = problemWithDecider(input.by);
    if (unclear) throw wrongUseFailure(unclear);
    return;
  }
  throw wrongUseFailure('A cycle is needed, and who undoes it: {"cycle": 7, "by": "…"}.');
}

function requirePerson(input: ProvisionInput): void {
  const { person, id } = input ?? {};
  const isText = typeof person === 'string' && person.trim() !== '' && person.length <= personLengthMax;
  if (isText && (id === undefined || /^[\w-]{1,64}$/.test(String(id)))) return;
  throw wrongUseFailure('A person is needed: {"person": "an e-mail address, a name or an object id"}.');
}

/** A pause means that nothing is written, whoever asks. */
export function requireProvision({ tenant, paused }: TenantStatus, input: ProvisionInput): void {
  requirePerson(input);
  if (!paused || input.evenIfPaused === true) return;
  throw ApplicationFailure.nonRetryable(pausedText(tenant), failureTypes.paused);
}

/** Who gave an order, and how. Without a name, or a clear one, `by` is null. Nothing is refused: a pause always counts. */
export function sourceOf(
  input: Pick<ConfigureInput, 'by' | 'channel'> | undefined,
  sentAs: 'signal' | 'update',
): OrderSource {
  const by: unknown = input?.by;
  const isName = typeof by === 'string' && by.trim() !== '' && by.length <= nameLengthMax;
  const name = isName && problemWithDecider(by) === null ? by : null;
  const channel = (['command', 'page'] as const).find((each) => each === input?.channel);
  return { by: name, channel: channel ?? sentAs };
}
