/** Settings of the tenant and of the system that signs in: more actions of `POST /_control/<action>`. */
import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { action, type ControlActions, ControlError } from '../control.ts';
import type { SapOptions } from './context.ts';
import { sapBehaviour } from './directory/behaviour.ts';
import { sapAuthorizations } from './directory/records.ts';
import type { SapState } from './directory/state.ts';
import { sapRates } from './rate-ladder.ts';
import { filterTest } from './scim/filter.ts';

const rates = z.strictObject({
  free: z.int().nonnegative().optional(),
  slowed: z.int().nonnegative().optional(),
  delayMs: z.int().nonnegative().optional(),
  refusedForMs: z.int().nonnegative().optional(),
  prolonged: z.boolean().optional(),
  perSecond: z.int().positive().optional(),
});
type Given<Value> = { [Key in keyof Value]?: Exclude<Value[Key], undefined> };
const given = <Value extends object>(changes: Value): Given<Value> =>
  Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as Given<Value>;

export function systemActions(state: SapState, options: SapOptions): ControlActions {
  const { system } = state;
  return {
    behave: action(sapBehaviour.partial(), (changes) => {
      Object.assign(state.behaviour, given(changes));
      state.changes += 1;
      return { did: 'SAP behaves differently now.', behaviour: state.behaviour };
    }),
    /** A policy hides users from the system; null shows everybody again. */
    hide: action(z.strictObject({ filter: z.string().nullable() }), ({ filter }) => {
      checkFilter(filter, state);
      state.hidden = filter;
      state.changes += 1;
      return { did: filter === null ? 'No policy hides people now.' : `A policy hides people: ${filter}.` };
    }),
    authorize: action(
      z.strictObject({ authorizations: z.array(z.enum(sapAuthorizations)) }),
      ({ authorizations }) => {
        system.authorizations = authorizations;
        return { did: `The system ${system.name} has ${authorizations.join(', ') || 'no authorization'}.` };
      },
    ),
    unlock: action(z.strictObject({}), () => {
      Object.assign(system, { failedSignIns: 0, lockedUntil: null });
      return { did: `The client id of ${system.name} is unlocked.` };
    }),
    /** A system has at most two secrets, so that they rotate without a gap. */
    secrets: action(z.strictObject({ secrets: z.array(z.string().min(1)).max(2) }), ({ secrets }) => {
      system.secrets = secrets;
      return { did: `The system ${system.name} has ${secrets.length} secrets.` };
    }),
    certificates: action(z.strictObject({ certificates: z.array(z.string()) }), ({ certificates }) => {
      system.certificates = certificates.map((pem) => new X509Certificate(pem).fingerprint256);
      return { did: `The system ${system.name} may sign in with ${certificates.length} certificates.` };
    }),
    /** Null: no limit. Absent figures are SAP's. */
    rates: action(z.strictObject({ rates: rates.nullable() }), ({ rates }) => {
      options.rates = rates && { ...sapRates, ...given(rates) };
      return { did: rates ? 'The limit of requests is another one.' : 'There is no limit of requests.' };
    }),
  };
}

function checkFilter(filter: string | null, { behaviour }: SapState): void {
  try {
    filterTest(filter, { ...behaviour, filterOperators: 'all', unknownFilter: 'refused' });
  } catch {
    throw new ControlError(`${filter} is no filter.`);
  }
}
