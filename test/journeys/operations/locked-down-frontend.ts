/**
 * A frontend of Temporal that refuses its operator service, as Temporal Cloud and servers with an authorizer do: a proxy in
 * front of a real server. Other calls pass through unchanged.
 */
import { once } from 'node:events';
import { type ClientHttp2Session, connect, createServer, type ServerHttp2Stream } from 'node:http2';

/** gRPC's numbers (grpc.github.io/grpc/core, status codes); `silence`: no answer at all. */
export const refusals = { permissionDenied: 7, unimplemented: 12, silence: null } as const;

const operatorService = '/temporal.api.operatorservice.';

/** `refusal` may be changed while it runs. */
export async function startLockedDownFrontend(upstream: string, refusal: number | null) {
  const sessions = new Set<ClientHttp2Session>();
  const state = { refusal, refused: 0 };
  const server = createServer();
  server.on('session', (session) => {
    const behind = connect(`http://${upstream}`);
    sessions.add(behind);
    behind.on('error', () => undefined);
    session.on('error', () => undefined).on('close', () => behind.close());
    session.on('stream', (stream, headers) => {
      stream.on('error', () => undefined);
      if (!String(headers[':path']).startsWith(operatorService)) return pass(stream, behind, headers);
      state.refused += 1;
      if (state.refusal === null) return;
      const refused = { 'grpc-status': String(state.refusal), 'grpc-message': 'Request unauthorized.' };
      stream.respond({ ':status': 200, 'content-type': 'application/grpc', ...refused }, { endStream: true });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    address: `127.0.0.1:${address && typeof address === 'object' ? address.port : 0}`,
    state,
    close() {
      for (const session of sessions) session.destroy();
      server.close();
    },
  };
}

/** Hands a call through in both directions, with the trailers in which gRPC puts its status. */
function pass(stream: ServerHttp2Stream, behind: ClientHttp2Session, headers: Record<string, unknown>): void {
  const request = behind.request(headers as Parameters<ClientHttp2Session['request']>[0]);
  let trailers: Record<string, unknown> = {};
  request.on('response', (response, flags) => {
    if (stream.destroyed) return;
    // A status without a body is in the headers themselves.
    const endStream = (flags & endStreamFlag) !== 0;
    stream.respond(response, { endStream, waitForTrailers: !endStream });
  });
  request.on('trailers', (sent) => {
    trailers = sent;
  });
  request.on('error', () => stream.destroy());
  stream.on('wantTrailers', () => stream.sendTrailers(trailers as Parameters<typeof stream.sendTrailers>[0]));
  stream.on('close', () => request.close());
  stream.pipe(request);
  request.pipe(stream);
}

const endStreamFlag = 0x1;
