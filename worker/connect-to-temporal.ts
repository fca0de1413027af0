import { Connection, type ConnectionOptions } from '@temporalio/client';
import { TransientError } from '../domain/errors.ts';

/** @throws TransientError when nothing answers at the address */
export async function connectToTemporal(options: ConnectionOptions): Promise<Connection> {
  return await Connection.connect(options).catch((cause: unknown) => {
    throw new TransientError(
      `Temporal does not answer at ${options.address ?? 'localhost:7233'}: start it, or set TEMPORAL_ADDRESS to where it runs.`,
      { cause },
    );
  });
}
