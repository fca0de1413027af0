/** Registers the search attributes of the workflows: with one unknown to the server, no cycle could be shown. */
import type { Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import { ConfigurationError } from '../domain/errors.ts';

const { INDEXED_VALUE_TYPE_INT, INDEXED_VALUE_TYPE_KEYWORD } = proto.temporal.api.enums.v1.IndexedValueType;

const wanted = {
  SyncHealth: INDEXED_VALUE_TYPE_KEYWORD,
  SyncHeld: INDEXED_VALUE_TYPE_INT,
  SyncFailed: INDEXED_VALUE_TYPE_INT,
};

/** Adds what is missing. @throws ConfigurationError with the commands to type where the server does not let us. */
export async function ensureSearchAttributes(connection: Connection, namespace: string): Promise<void> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = Object.entries(wanted).filter(([name]) => !(name in customAttributes));
  if (missing.length === 0) return;
  try {
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing),
    });
  } catch (error) {
    const names = missing.map(([name]) => name);
    throw new ConfigurationError(
      `Temporal's namespace ${namespace} lacks the search attributes ${names.join(', ')}.`,
      {
        cause: error,
        remedy: `Somebody who may: ${names
          .map(
            (name) =>
              `temporal operator search-attribute create --namespace ${namespace} --name ${name} --type ${name === 'SyncHealth' ? 'Keyword' : 'Int'}`,
          )
          .join('; ')}.`,
      },
    );
  }
}
