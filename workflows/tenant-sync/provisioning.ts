/** People one by one, between the cycles of a tenant's loop: never while a cycle runs, and one after the other. */
import { ApplicationFailure, condition, executeChild, setHandler, uuid4 } from '@temporalio/workflow';
import type { ProvisionReport } from '../../domain/contract/provision.ts';
import { causeOf } from '../failures.ts';
import { type ProvisionInput, provisionUpdate, provisionWorkflowId } from '../messages.ts';
import { provisionPerson } from './provision-person.ts';

const textLengthMax = 320;

export interface Provisioning {
  /** Keeps people waiting while a cycle runs, and the cycle while a person is seen to. */
  duringCycle<Result>(cycle: () => Promise<Result>): Promise<Result>;
}

/** Registers the Update. `done` is told after each person, well or not. */
export function createProvisioning(tenant: string, done: () => void): Provisioning {
  let isBusy = false;

  /** Asks again once it is its turn: several may have waited for the same end. */
  async function alone<Result>(work: () => Promise<Result>): Promise<Result> {
    while (isBusy) await condition(() => !isBusy);
    isBusy = true;
    try {
      return await work();
    } finally {
      isBusy = false;
    }
  }

  async function provision({ person, id = uuid4() }: ProvisionInput): Promise<ProvisionReport> {
    const report = await alone(() =>
      executeChild(provisionPerson, {
        workflowId: provisionWorkflowId(tenant, id),
        args: [{ tenant, person }],
      }).catch(refuse),
    );
    done();
    return report;
  }

  setHandler(provisionUpdate, provision, {
    validator: requirePerson,
    description: 'One person now: {"person": "e-mail address, name or object id"}',
  });
  return { duringCycle: alone };
}

/** Synchronous, because an asynchronous validator does not refuse (docs/reference/temporal.md section 2.6). */
function requirePerson(input: ProvisionInput): void {
  const { person, id } = input ?? {};
  const isText = typeof person === 'string' && person.trim() !== '' && person.length <= textLengthMax;
  if (isText && (id === undefined || /^[\w-]{1,64}$/.test(String(id)))) return;
  throw ApplicationFailure.nonRetryable(
    'A person is needed: {"person": "an e-mail address, a name or an object id"}.',
    'WrongUse',
  );
}

/** Hands the child's own refusal to whoever sent the update. */
function refuse(error: unknown): never {
  const cause = causeOf(error);
  throw ApplicationFailure.nonRetryable(
    cause?.message ?? 'The person could not be provisioned.',
    cause?.type ?? 'Error',
  );
}
