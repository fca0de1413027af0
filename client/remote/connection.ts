/** The way to Temporal, read from where every Temporal tool reads it, and time limits for what is asked of it. */
import { Client, Connection, ServiceError } from '@temporalio/client';
import type { PayloadCodec } from '@temporalio/common';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { payloadKeys } from '../../config/payload-keys.ts';
import { EncryptionCodec } from '../../encryption/payload-codec.ts';
import { CommandError, exitCodes, sentenceOf, usageError } from '../exit-codes.ts';
import { defaultDataFolder, runningUp } from '../local/up-record.ts';

const connectWithinMs = 5_000;

/** How long a worker has to respond to a query or an Update before the command gives up with exit code 69. */
export const answerWithinMs = 20_000;

/** One call to Temporal itself, which no worker has to answer. */
export const oneTryMs = 5_000;

/**
 * A client that encrypts what it sends as the workers do.
 * @throws ConfigurationError for keys of a wrong form
 */
export function clientOf(connection: Connection, namespace = 'default'): Client {
  return new Client({
    connection,
    namespace,
    dataConverter: { payloadCodecs: [commandCodec()] },
    // An ended workflow would go on answering the Query `status` as if its loop were alive.
    workflow: { queryRejectCondition: 'NOT_OPEN' },
  });
}

/** The codec of commands. The SDK's client of activities hides errors of a codec unless they are its own. */
function commandCodec(): PayloadCodec {
  const codec = new EncryptionCodec(payloadKeys(process.env));
  return {
    encode: (payloads) => codec.encode(payloads),
    decode: (payloads) =>
      codec.decode(payloads).catch((cause: Error) => {
        throw new ServiceError('A response cannot be decoded.', { cause });
      }),
  };
}

/**
 * Connects, runs, and closes the connection whatever happens. Settings: `TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`,
 * `TEMPORAL_API_KEY`, `TEMPORAL_TLS*`, profiles of the Temporal CLI's file; without an address the `up` that runs with
 * `dataFolder`.
 * @throws CommandError when the settings cannot be read (2) or nothing answers at the address (69)
 */
export async function withClient<Result>(
  run: (client: Client) => Promise<Result>,
  dataFolder?: string,
): Promise<Result> {
  const { connectionOptions, namespace } = await connectionSettings(dataFolder);
  const connection = await connect(connectionOptions);
  try {
    return await run(clientOf(connection, namespace));
  } finally {
    await connection.close();
  }
}

/** Runs calls with a time limit; what is not answered by then fails with gRPC's DEADLINE_EXCEEDED. */
export function within<Result>(client: Client, limitMs: number, run: () => Promise<Result>): Promise<Result> {
  return client.withDeadline(Date.now() + limitMs, run);
}

/**
 * Where Temporal is, and its UI when `up` told it.
 * @throws CommandError (2) when the settings cannot be read
 */
export async function connectionSettings(dataFolder = defaultDataFolder) {
  const settings = readSettings();
  if (settings.connectionOptions.address !== undefined) return { ...settings, uiUrl: null };
  const up = await runningUp(dataFolder);
  if (up === null) return { ...settings, uiUrl: null };
  return { connectionOptions: { address: up.address }, namespace: 'default', uiUrl: up.uiUrl };
}

function readSettings() {
  try {
    return loadClientConnectConfig();
  } catch (error) {
    throw usageError(`Temporal's settings cannot be read: ${sentenceOf(error)}`);
  }
}

async function connect(options: ReturnType<typeof readSettings>['connectionOptions']): Promise<Connection> {
  const connection = Connection.lazy({ ...options, connectTimeout: connectWithinMs });
  try {
    await connection.ensureConnected();
    return connection;
  } catch (error) {
    await connection.close();
    throw new CommandError(
      exitCodes.notReachable,
      options.address === undefined
        ? 'Temporal does not answer at localhost:7233, and no `timely-sync up` runs in this folder. Start one, or set TEMPORAL_ADDRESS to where Temporal runs: an `up` with --data prints the line for it.'
        : `Temporal does not answer at ${options.address}: start it, or set TEMPORAL_ADDRESS to where it runs.`,
      error,
    );
  }
}
