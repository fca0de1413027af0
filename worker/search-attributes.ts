/**
 * The search attributes of the workflows: which of them the namespace knows. A workflow task fails for as long as it sets
 * one that the server does not know, so runs set only those that their cycle was told of (activities/cycle/open-cycle.ts).
 * Nothing here needs the operator service, which Temporal Cloud and servers with an authorizer refuse to workers.
 */
import type { Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import type { Logger } from 'pino';
import type { SearchAttributesState } from '../activities/services.ts';
import { searchAttributes } from '../workflows/messages.ts';
import { registrationRemedy } from './registration-remedy.ts';

const { IndexedValueType } = proto.temporal.api.enums.v1;

const answersWithinMs = 5_000;
/** An administrator may register or remove one at any time. */
const askAgainAfterMs = 5 * 60_000;

const attributes = Object.values(searchAttributes).map(({ name, type }) => ({
  name,
  type: IndexedValueType[`INDEXED_VALUE_TYPE_${type}`],
}));
type Attribute = (typeof attributes)[number];

/** The state of the namespace, asked again every five minutes. The first call registers what is missing, where it may. */
export function createSearchAttributes(connection: Connection, namespace: string, log: Logger) {
  const server = serverOf(connection, namespace);
  let asked: { state: Promise<SearchAttributesState>; untilMs: number } | null = null;
  let said = '';

  async function look(isFirst: boolean): Promise<SearchAttributesState> {
    const missing = await server.missing();
    if (isFirst && missing.length > 0) await server.register(missing).catch(() => undefined);
    const left = isFirst && missing.length > 0 ? await server.missing() : missing;
    const names = left.map(({ name }) => name);
    const state = { missing: names, remedy: names.length === 0 ? '' : registrationRemedy(namespace, names) };
    if (state.remedy !== said && names.length > 0) {
      const { remedy } = state;
      log.warn(
        { namespace, missing: names, remedy },
        'search attributes are missing: tenants cannot be found by them',
      );
    }
    said = state.remedy;
    return state;
  }

  return (): Promise<SearchAttributesState> => {
    if (asked && performance.now() < asked.untilMs) return asked.state;
    asked = { state: look(asked === null), untilMs: performance.now() + askAgainAfterMs };
    return asked.state;
  };
}

function serverOf(connection: Connection, namespace: string) {
  const within = <Result>(call: () => Promise<Result>) =>
    connection.withDeadline(Date.now() + answersWithinMs, call);

  /** By the list of the operator service, else by a count for each. An attribute that nothing is known of is missing. */
  async function missing(): Promise<Attribute[]> {
    const listed = await within(() => connection.operatorService.listSearchAttributes({ namespace })).catch(
      () => null,
    );
    // One of another type would be refused as well.
    if (listed) return attributes.filter(({ name, type }) => listed.customAttributes[name] !== type);
    const known = await Promise.all(attributes.map(isQueryable));
    return attributes.filter((_, index) => !known[index]);
  }

  async function isQueryable({ name }: Attribute): Promise<boolean> {
    const query = `${name} IS NULL AND WorkflowId = ''`;
    return await within(() => connection.workflowService.countWorkflowExecutions({ namespace, query })).then(
      () => true,
      () => false,
    );
  }

  async function register(some: Attribute[]): Promise<void> {
    const wanted = Object.fromEntries(some.map(({ name, type }) => [name, type]));
    await within(() =>
      connection.operatorService.addSearchAttributes({ namespace, searchAttributes: wanted }),
    );
    // The parts of a server learn of a new attribute one after the other.
    for (let tries = 0; tries < 20 && !(await Promise.all(some.map(isQueryable))).every(Boolean); tries += 1)
      await new Promise((next) => setTimeout(next, 250));
  }

  return { missing, register };
}
