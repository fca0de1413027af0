/** An attacker's servers: they answer as Microsoft and Timely would, lead on to others, and keep every byte they get. */
import { once } from 'node:events';
import { createServer as createTcpServer, type Server } from 'node:net';
import { Hono } from 'hono';
import { makeCertificate } from '../../../simulators/certificate.ts';
import { type HttpsEnvironment, serveHttps } from '../../../simulators/https-server.ts';

export type Attacker = Awaited<ReturnType<typeof startAttacker>>;

/** `lure` is an address that the attacker's responses lead to. */
export async function startAttacker(lure: string) {
  const received: string[] = [];
  const certificate = await makeCertificate();
  const app = new Hono<HttpsEnvironment>();
  const issued = { access_token: 'made-up-access', refresh_token: 'made-up-refresh' };
  app.all('*', async ({ req }) => {
    received.push(`${req.method} ${req.url} ${JSON.stringify(req.header())} ${await req.text()}`);
    if (req.path.includes('openid-configuration')) {
      const issuer = `${new URL(req.url).origin}/tenant/v2.0`;
      // Where the token endpoint is, the attacker decides.
      const token_endpoint = received.length % 2 === 0 ? `${lure}/token` : `${issuer}/token`;
      return Response.json({ issuer, token_endpoint, authorization_endpoint: issuer, jwks_uri: issuer });
    }
    if (req.path.includes('token'))
      return Response.json({ token_type: 'Bearer', expires_in: 3599, ...issued });
    if (received.length % 3 === 0) return new Response('', { status: 307, headers: { location: lure } });
    return Response.json({ value: [], '@odata.nextLink': `${lure}/v1.0/users` });
  });
  const server = await serveHttps(app, certificate, [0]);
  const raw = createTcpServer((socket) => {
    socket.on('data', (bytes) => received.push(bytes.toString('latin1')));
    socket.on('error', () => undefined);
    setTimeout(() => socket.destroy(), 20);
  });
  raw.listen(0, '127.0.0.1');
  await once(raw, 'listening');
  return {
    /** The server, and one that speaks no TLS. */
    url: server.url,
    rawUrl: `https://localhost:${portOf(raw)}`,
    /** PEM of its authority. */
    ca: certificate.ca,
    received,
    async close(): Promise<void> {
      raw.close();
      await server.close();
    },
  };
}

function portOf(server: Server): number {
  const address = server.address();
  return address && typeof address === 'object' ? address.port : 0;
}
