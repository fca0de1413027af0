/**
 * `fetch` for the requests of one tenant: it asks only the hosts, and connects only to the addresses, that its rules
 * allow. The address is checked as it is connected to, so a name that changes its address between check and connection
 * (DNS rebinding) gains nothing. Redirects are never followed. A request ends with the activity that makes it.
 *
 * It uses the package undici, because Node.js does not export the class that its own `fetch` connects with. It sends by
 * undici's `request`, which takes a third of the processor time of a `fetch`: that was a quarter of a worker's.
 */
import { lookup as lookUp } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Agent, type Dispatcher, Pool, request as undiciRequest } from 'undici';
import { type ConnectionRules, type Host, hostOf } from '../domain/connection-rules.ts';
import { ConfigurationError } from '../domain/errors.ts';
import { unlessCancelled, withCancellation } from './work-scope.ts';

/**
 * @see ConnectionRules; a refusal is thrown as it is, before anything is sent
 * @param clientCertificate shown to servers that ask for one: PEM with the certificate and its private key
 */
export function guardedFetch(rules: ConnectionRules, clientCertificate?: string): typeof fetch {
  const own = createAgent(rules, rules.tenant, clientCertificate);
  return async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (url.protocol !== 'https:') throw new ConfigurationError('Requests go over https only.');
    const host = hostOf(url);
    // A host that is an address is never looked up.
    const refusal =
      rules.refuseHost(host) ?? (isIP(host.name) === 0 ? null : rules.refuseAddress(host, host.name));
    if (refusal) throw refusal;
    // Who shows a certificate is known by the connection.
    const sharedBy = clientCertificate === undefined ? rules.sharedBy(host) : null;
    try {
      return await send(url, init, sharedBy === null ? own : sharedAgent(sharedBy, rules));
    } catch (error) {
      const address = refusedAddressIn(error);
      // Another tenant may have begun the connection, so the refusal is worded for this one here.
      throw (address === null ? null : rules.refuseAddress(host, address)) ?? error;
    }
  };
}

/** `turn`: whose lookups wait for each other. */
function createAgent(rules: ConnectionRules, turn: LookupTurn, clientCertificate?: string): Agent {
  const shown = clientCertificate === undefined ? {} : { cert: clientCertificate, key: clientCertificate };
  return new Agent({
    factory: (origin, options) =>
      new Pool(origin, {
        ...options,
        connect: { ...shown, lookup: checkedLookup(rules, turn, hostOf(new URL(origin))) },
      }),
  });
}

/** Connections that tenants share, by what they have in common. */
const sharedAgents = new WeakMap<object, Agent>();

function sharedAgent(sharedBy: object, rules: ConnectionRules): Agent {
  const known = sharedAgents.get(sharedBy) ?? createAgent(rules, sharedBy);
  sharedAgents.set(sharedBy, known);
  return known;
}

/** The name has no address that the rules allow. */
class AddressRefused extends Error {
  readonly address: string;

  constructor(address: string) {
    super('The address is refused.');
    this.address = address;
  }
}

/** Responses without a body, which `Response` takes none for. */
const statusesWithoutBody = [204, 205, 304];

/** Sends a text or nothing. Redirects are handed back. */
async function send(url: URL, init: RequestInit, dispatcher: Dispatcher): Promise<Response> {
  const { method = 'GET', body: content = null } = init;
  if (content !== null && typeof content !== 'string')
    throw new Error('A request with a body that is no text.');
  const signal = withCancellation(init.signal);
  const sent = undiciRequest(url, {
    method: method as Dispatcher.HttpMethod,
    headers: { 'accept-encoding': 'gzip', ...Object.fromEntries(new Headers(init.headers)) },
    body: content,
    signal,
    dispatcher,
  });
  // While it connects, the request itself does not heed the signal.
  const { statusCode: status, headers, body } = await unlessCancelled(sent, signal);
  const received = new Headers();
  for (const [name, value = []] of Object.entries(headers))
    for (const each of [value].flat()) received.append(name, each);
  const hasBody = !statusesWithoutBody.includes(status);
  if (!hasBody) await body.dump();
  const isZipped = received.get('content-encoding') === 'gzip';
  const stream = isZipped ? pipeline(body, createGunzip(), () => undefined) : body;
  return new Response(hasBody ? Readable.toWeb(stream) : null, { status, headers: received });
}

/** Hands out the addresses of a name that the rules allow. */
function checkedLookup(rules: ConnectionRules, turn: LookupTurn, host: Host): LookupFunction {
  return (name, options, done) => {
    void inTurn(turn, (next) =>
      lookUp(name, { ...options, all: true }, (error, addresses) => {
        next();
        if (error) return done(error, '');
        const [first, ...others] = addresses.filter(({ address }) => !rules.refuseAddress(host, address));
        if (first === undefined) return done(new AddressRefused(addresses[0]?.address ?? ''), '');
        if (options.all) return done(null, [first, ...others]);
        return done(null, first.address, first.family);
      }),
    );
  };
}

/** A tenant, or what tenants share their connections by. */
type LookupTurn = string | object;

/** When the last lookup of each turn has ended. */
const lookups = new Map<LookupTurn, Promise<void>>();

/**
 * One lookup of a tenant at a time, and one of those that tenants share. Node.js runs very few at once, so a tenant with
 * many names whose server never answers would keep all others from looking up theirs.
 */
async function inTurn(turn: LookupTurn, begin: (next: () => void) => void): Promise<void> {
  const before = lookups.get(turn);
  const ended = new Promise<void>((next) => {
    if (before === undefined) begin(next);
    else void before.then(() => begin(next));
  });
  lookups.set(turn, ended);
  await ended;
  if (lookups.get(turn) === ended) lookups.delete(turn);
}

function refusedAddressIn(error: unknown): string | null {
  if (error instanceof AddressRefused) return error.address;
  return error instanceof Error && error.cause !== undefined ? refusedAddressIn(error.cause) : null;
}
