import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import getPort from 'get-port';
import { z } from 'zod';
import { CommandError, exitCodes } from '../exit-codes.ts';

export type PortUse = 'postgres' | 'temporal' | 'temporal-ui' | 'worker' | 'console';

const host = '127.0.0.1';
const usedPorts = z.record(z.string(), z.number());

/**
 * A port of 127.0.0.1: the one asked for; otherwise the one used last time, so that addresses stay; otherwise a free one.
 * It is noted in DATA/ports.json.
 * @throws CommandError (1) when the one asked for is in use
 */
export async function choosePort(dataFolder: string, use: PortUse, wanted?: number): Promise<number> {
  if (wanted !== undefined && !(await isFree(wanted))) {
    const option = use === 'temporal-ui' ? '--ui-port' : '--port';
    const message = `Port ${wanted} is in use: choose another with ${option}, or leave it out to get a free one.`;
    throw new CommandError(exitCodes.failed, message);
  }
  const usedLast = readPorts(dataFolder)[use];
  const port = wanted ?? (usedLast !== undefined && (await isFree(usedLast)) ? usedLast : await freePort());
  writeFileSync(portsFile(dataFolder), JSON.stringify({ ...readPorts(dataFolder), [use]: port }));
  return port;
}

/** Another program listens where a server was told to. */
export class PortTakenError extends CommandError {}

const startsInAll = 3;

/** Starts a server with other ports when a program has taken one of them between choosing and listening. */
export async function withOtherPorts<Server>(start: () => Promise<Server>): Promise<Server> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start();
    } catch (error) {
      if (!(error instanceof PortTakenError) || attempt === startsInAll) throw error;
    }
  }
}

const portsFile = (dataFolder: string) => join(dataFolder, 'ports.json');

function readPorts(dataFolder: string): Record<string, number> {
  try {
    return usedPorts.parse(JSON.parse(readFileSync(portsFile(dataFolder), 'utf8')));
  } catch {
    return {};
  }
}

/** @throws CommandError (1) when there is none */
async function freePort(): Promise<number> {
  try {
    // Reserved: the program that listens there may start after the next port is chosen.
    return await getPort({ host, reserve: true });
  } catch (error) {
    throw new CommandError(exitCodes.failed, 'No port is free on this machine.', error);
  }
}

/** Not get-port: it counts a port that this process was given before as taken. */
function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}
