/** A client of the simulated Okta for one test: signs in as the tenant file says, with a DPoP proof for each request. */
import { createHash, randomUUID } from 'node:crypto';
import { type CryptoKey, exportJWK, generateKeyPair, importPKCS8, type JWTPayload, SignJWT } from 'jose';
import type { SandboxOptions } from '../../../simulators/sandbox.ts';
import { type SimulatorWorld, type TestRequest, type TestResponse, withWorld } from '../world.ts';

export interface Grant {
  status: number;
  headers: TestResponse['headers'];
  body: Record<string, unknown>;
}

interface TokenOptions {
  scope?: string;
  claims?: JWTPayload;
  /** Null: none. */
  kid?: string | null;
  headers?: Record<string, string>;
  /** No proof is sent. */
  withoutProof?: boolean;
}

export const allScopes = 'okta.users.read okta.groups.read okta.logs.read okta.apps.read okta.roles.read';

export class OktaClient {
  readonly world: SimulatorWorld;
  readonly #clock: () => Date;
  #proofKey: Promise<{ publicKey: CryptoKey; privateKey: CryptoKey }>;
  #proofAlgorithm = 'ES256';
  #nonce: string | undefined;
  #token: string | undefined;

  constructor(world: SimulatorWorld, clock: () => Date) {
    this.world = world;
    this.#clock = clock;
    this.#proofKey = generateKeyPair('ES256');
  }

  get #org(): string {
    return `https://${this.world.sandbox.credentials.oktaDomain}`;
  }

  useProofKey(algorithm: 'ES256' | 'RS256'): void {
    this.#proofAlgorithm = algorithm;
    this.#proofKey = generateKeyPair(algorithm);
  }

  async assertion({ claims, kid = 'K1' }: TokenOptions = {}): Promise<string> {
    const { oktaClientId, oktaPrivateKey } = this.world.sandbox.credentials;
    const now = Math.floor(this.#clock().getTime() / 1000);
    const usual = {
      iss: oktaClientId,
      sub: oktaClientId,
      aud: `${this.#org}/oauth2/v1/token`,
      iat: now,
      exp: now + 300,
      jti: randomUUID(),
    };
    return await new SignJWT({ ...usual, ...claims })
      .setProtectedHeader({ alg: 'ES256', ...(kid === null ? {} : { kid }) })
      .sign(await importPKCS8(oktaPrivateKey, 'ES256'));
  }

  async proof(method: string, url: string, claims: JWTPayload = {}): Promise<string> {
    const { publicKey, privateKey } = await this.#proofKey;
    const iat = Math.floor(this.#clock().getTime() / 1000);
    return await new SignJWT({ htm: method, htu: url, iat, jti: randomUUID(), ...claims })
      .setProtectedHeader({ typ: 'dpop+jwt', alg: this.#proofAlgorithm, jwk: await exportJWK(publicKey) })
      .sign(privateKey);
  }

  /** One request to the token endpoint. */
  async askToken(options: TokenOptions = {}): Promise<Grant> {
    const nonce = this.#nonce === undefined ? {} : { nonce: this.#nonce };
    const dpop = await this.proof('POST', `${this.#org}/oauth2/v1/token`, nonce);
    const response = await this.world.request(`${this.world.sandbox.okta.url}/oauth2/v1/token`, {
      method: 'POST',
      headers: { ...(options.withoutProof ? {} : { dpop }), ...options.headers },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        scope: options.scope ?? allScopes,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: await this.assertion(options),
      }),
    });
    return { status: response.status, headers: response.headers, body: response.json };
  }

  /** Signs in, with the nonce that the endpoint asks for. */
  async signIn(options: TokenOptions = {}): Promise<Grant> {
    const first = await this.askToken(options);
    if (first.body.error !== 'use_dpop_nonce') return this.#keep(first);
    this.#nonce = String(first.headers['dpop-nonce']);
    return this.#keep(await this.askToken(options));
  }

  #keep(grant: Grant): Grant {
    this.#token = grant.status === 200 ? String(grant.body.access_token) : this.#token;
    return grant;
  }

  /** Calls the API (a path below /api/v1, or a whole link). `claims` replace those of the proof. */
  async get(pathOrLink: string, claims: JWTPayload = {}, request: TestRequest = {}): Promise<TestResponse> {
    if (this.#token === undefined) await this.signIn();
    const token = this.#token ?? '';
    const url = pathOrLink.startsWith('/')
      ? `${this.world.sandbox.okta.url}/api/v1${pathOrLink}`
      : pathOrLink;
    const ath = createHash('sha256').update(token).digest('base64url');
    const htu = this.#org + new URL(url).pathname;
    const dpop = await this.proof('GET', htu, { ath, ...claims });
    return await this.world.request(url, {
      ...request,
      headers: { authorization: `DPoP ${token}`, dpop, ...request.headers },
    });
  }

  /** Gives an order to the control routes. */
  async order(action: string, body: unknown = {}): Promise<Record<string, unknown>> {
    const url = `${this.world.sandbox.okta.url}/_control/${action}`;
    const { status, json, text } = await this.world.request(url, { method: 'POST', body });
    if (status !== 200) throw new Error(`${action}: ${text}`);
    return json;
  }

  /** Follows next links. Returns the entries of all pages, and the pages. */
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers of many shapes
  async all(path: string): Promise<{ entries: any[]; pages: TestResponse[] }> {
    const pages: TestResponse[] = [];
    for (let link: string | undefined = path; link !== undefined; link = nextOf(pages.at(-1))) {
      const page = await this.get(link);
      if (page.status !== 200) throw new Error(`${page.status} ${page.text}`);
      pages.push(page);
    }
    return { pages, entries: pages.flatMap(({ json }) => (Array.isArray(json) ? json : json.value)) };
  }
}

/** The next link of a page: of the header, or of the body. */
export function nextOf(page: TestResponse | undefined): string | undefined {
  const inBody = page?.json?._links?.next?.href;
  return inBody ?? /<([^>]*)>; rel="next"/.exec(String(page?.headers.link ?? ''))?.[1];
}

export async function withOkta(
  options: SandboxOptions,
  test: (okta: OktaClient) => Promise<void>,
): Promise<void> {
  const clock = options.clock ?? (() => new Date());
  await withWorld(options, (world) => test(new OktaClient(world, clock)));
}
