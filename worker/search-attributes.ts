/** Registers the search attributes of the workflows: a tenant's loop fails while the server does not know one of them. */
import type { Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import { ConfigurationError } from '../domain/errors.ts';
import { searchAttributes, searchAttributesForCli } from '../workflows/messages.ts';

const { IndexedValueType } = proto.temporal.api.enums.v1;

/** Adds those that are missing. @throws ConfigurationError with the commands to run where the server refuses. */
export async function ensureSearchAttributes(connection: Connection, namespace: string): Promise<void> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = Object.values(searchAttributes).filter(({ name }) => !(name in customAttributes));
  if (missing.length === 0) return;
  try {
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(
        missing.map(({ name, type }) => [name, IndexedValueType[`INDEXED_VALUE_TYPE_${type}`]]),
      ),
    });
  } catch (cause) {
    const names = missing.map(({ name }) => name);
    throw new ConfigurationError(
      `Temporal's namespace ${namespace} lacks the search attributes ${names.join(', ')}.`,
      { cause, remedy: `Have an administrator run: ${commandsFor(namespace, names)}.` },
    );
  }
}

const commandsFor = (namespace: string, names: readonly string[]) =>
  searchAttributesForCli
    .filter(({ name }) => names.includes(name))
    .map(
      ({ name, type }) =>
        `temporal operator search-attribute create --namespace ${namespace} --name ${name} --type ${type}`,
    )
    .join('; ');
