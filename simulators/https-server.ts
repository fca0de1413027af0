import type { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import type { Certificate } from './certificate.ts';

/** What node-server passes to the routes: the socket, so that a fault can cut it, and its client certificate. */
export interface HttpsEnvironment {
  Bindings: {
    incoming?: { socket: { destroy(): void; getPeerX509Certificate?(): X509Certificate | undefined } };
  };
}

export interface HttpsServer {
  url: string;
  port: number;
  close(): Promise<void>;
}

/**
 * Serves an application on the loopback address, on the first free port of `ports` (0: any). With `requestCert` it asks
 * clients for a certificate, and leaves to the application which one is enough.
 */
export async function serveHttps(
  app: Hono<HttpsEnvironment>,
  certificate: Certificate,
  ports: number[],
  { requestCert = false } = {},
): Promise<HttpsServer> {
  const server = createServer(
    { key: certificate.key, cert: certificate.certificate, requestCert, rejectUnauthorized: false },
    getRequestListener(app.fetch, { overrideGlobalObjects: false }),
  );
  server.keepAliveTimeout = 60_000;
  const port = await listen(server, ports);
  return {
    url: `https://localhost:${port}`,
    port,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function listen(server: Server, ports: number[]): Promise<number> {
  for (const [index, port] of ports.entries()) {
    try {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
      break;
    } catch (error) {
      if (index === ports.length - 1) throw error;
    }
  }
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The simulator has no port.');
  return address.port;
}
