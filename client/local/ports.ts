import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';
import { CommandError, exitCodes } from '../exit-codes.ts';

export type PortUse = 'postgres' | 'temporal' | 'temporal-ui' | 'worker';

const usedPorts = z.record(z.string(), z.number());

/**
 * A port of 127.0.0.1: the one asked for; otherwise the one used last time, so that addresses stay; otherwise a free one.
 * It is noted in DATA/ports.json.
 * @throws CommandError (1) when the one asked for is in use
 */
export async function choosePort(dataFolder: string, use: PortUse, wanted?: number): Promise<number> {
  if (wanted !== undefined && (await bind(wanted)) === null) {
    const option = use === 'temporal-ui' ? '--ui-port' : '--port';
    const message = `Port ${wanted} is in use: choose another with ${option}, or leave it out to get a free one.`;
    throw new CommandError(exitCodes.failed, message);
  }
  const usedLast = readPorts(dataFolder)[use];
  const port = wanted ?? (usedLast === undefined ? null : await bind(usedLast)) ?? (await freePort());
  if (port === null) throw new CommandError(exitCodes.failed, 'No port is free on this machine.');
  writeFileSync(portsFile(dataFolder), JSON.stringify({ ...readPorts(dataFolder), [use]: port }));
  return port;
}

const portsFile = (dataFolder: string) => join(dataFolder, 'ports.json');

function readPorts(dataFolder: string): Record<string, number> {
  try {
    return usedPorts.parse(JSON.parse(readFileSync(portsFile(dataFolder), 'utf8')));
  } catch {
    return {};
  }
}

/** Free ones that this process has given: whoever is to listen there may not have begun yet. */
const given = new Set<number>();

async function freePort(): Promise<number | null> {
  for (;;) {
    const port = await bind(0);
    if (port === null) return null;
    if (given.has(port)) continue;
    given.add(port);
    return port;
  }
}

/** Binds a port for a moment and gives its number (0 asks for a free one); null when it is taken. */
function bind(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      const bound = typeof address === 'object' && address !== null ? address.port : null;
      server.close(() => resolve(bound));
    });
  });
}
