/**
 * Signs people in for other programs, by authorization code and ID token (OpenID Connect Core 1.0). A person
 * says who they are, without a password. What differs between Microsoft, Okta and SAP is in `OpenIdFlavour`.
 */
import { randomBytes } from 'node:crypto';
import type { JWTPayload } from 'jose';
import { textField } from '../service.ts';
import type { SimulatedRequest, SimulatedResponse } from '../simulated-response.ts';
import { AuthorizationCodes, type CodeProblem, type OpenIdGrant } from './authorization-codes.ts';
import type { OpenIdFault } from './faults.ts';
import { IdTokenSigner, unsignedToken } from './id-token-signer.ts';
import { accountPage, type OpenIdAccount } from './pages.ts';
import { isOfThisMachine, sentBack } from './redirect.ts';

/** A program that people may sign in to. */
export interface OpenIdClient {
  clientId: string;
  /** Addresses that people may be sent back to, besides those of this machine. */
  redirectUris: readonly string[];
}

/** Parameters of an answer that says why nobody signed in. */
export interface SignInError {
  error: string;
  error_description: string;
}

/** What each service does in its own way. */
export interface OpenIdFlavour {
  /** Name of the service, for people. */
  service: string;
  /** How long a code can be redeemed. */
  codeSeconds: number;
  clock(): Date;
  fires(fault: OpenIdFault, request: SimulatedRequest): boolean;
  client(request: SimulatedRequest): OpenIdClient | null;
  accounts(request: SimulatedRequest): readonly OpenIdAccount[];
  /** Refusals on a page of the service: nobody is sent to an address that is not registered. */
  unknownClient(request: SimulatedRequest): Promise<SimulatedResponse>;
  unknownAddress(request: SimulatedRequest): Promise<SimulatedResponse>;
  /** Refusals that are sent back. */
  declined(): SignInError;
  needsPerson(): SignInError;
  badRequest(what: string): SignInError;
  /** Further parameters of an answer with a code. */
  extraAnswer?(request: SimulatedRequest): Record<string, string>;
}

const idTokenSeconds = 3_600;

export class OpenIdProvider {
  readonly #flavour: OpenIdFlavour;
  readonly #codes: AuthorizationCodes;
  readonly #signer = new IdTokenSigner();

  constructor(flavour: OpenIdFlavour) {
    this.#flavour = flavour;
    this.#codes = new AuthorizationCodes(flavour.codeSeconds);
  }

  keys() {
    return this.#signer.keys();
  }

  /** Answers the authorization endpoint: a page for GET, and for POST of that page an answer to the program. */
  async authorize(request: SimulatedRequest): Promise<SimulatedResponse> {
    const flavour = this.#flavour;
    const { query, method, body } = request;
    const client = flavour.client(request);
    if (!client) return flavour.unknownClient(request);
    const redirectUri = query.get('redirect_uri') ?? '';
    if (!isOfThisMachine(redirectUri) && !client.redirectUris.includes(redirectUri))
      return flavour.unknownAddress(request);
    const refuse = (error: SignInError) => sentBack(query, { ...error });
    const wrong = wrongParameter(query);
    if (wrong !== null) return refuse(flavour.badRequest(wrong));
    if (query.get('prompt') === 'none') return refuse(flavour.needsPerson());
    const accounts = flavour.accounts(request);
    const page = { service: flavour.service, accounts, hint: query.get('login_hint') ?? '' };
    if (method === 'GET') return accountPage(page);
    if (textField(body, 'cancel') !== undefined || flavour.fires('signInDeclined', request))
      return refuse(flavour.declined());
    const typed = textField(body, 'account')?.trim() ?? '';
    const account = accounts.find(
      ({ id, signInName }) => id === typed || signInName.toLowerCase() === typed.toLowerCase(),
    );
    if (!account)
      return accountPage({
        ...page,
        hint: typed,
        problem: 'There is no account of that name that can sign in.',
      });
    return this.#answer(request, account);
  }

  #answer(request: SimulatedRequest, account: OpenIdAccount): SimulatedResponse {
    const { query } = request;
    const { fires, clock, extraAnswer } = this.#flavour;
    const clientId = query.get('client_id') ?? '';
    const issued = this.#codes.issue(
      {
        clientId,
        redirectUri: query.get('redirect_uri') ?? '',
        accountId: account.id,
        scopes: (query.get('scope') ?? '').split(' '),
        nonce: query.get('nonce'),
        challenge: query.get('code_challenge'),
      },
      clock().getTime(),
    );
    const earlier = this.#codes.earlier(clientId);
    const code = earlier !== null && fires('codeReplayed', request) ? earlier : issued;
    const state = fires('stateWrong', request) ? { state: randomBytes(16).toString('base64url') } : {};
    return sentBack(query, { code, ...extraAnswer?.(request), ...state });
  }

  /** Returns what the code of a request to the token endpoint was granted, or why it is refused. */
  redeem(request: SimulatedRequest, clientId: string): OpenIdGrant | CodeProblem {
    const { clock, fires } = this.#flavour;
    if (fires('codeExpired', request)) this.#codes.expireAll();
    const field = (name: string) => textField(request.body, name) ?? '';
    const given = {
      code: field('code'),
      clientId,
      redirectUri: field('redirect_uri'),
      verifier: field('code_verifier'),
    };
    return this.#codes.redeem(given, clock().getTime());
  }

  /** Returns the ID token of a grant. `claims` are those of the service: issuer, subject and about the person. */
  idToken(request: SimulatedRequest, grant: OpenIdGrant, claims: JWTPayload): Promise<string> | string {
    const { clock, fires } = this.#flavour;
    const faulty = (fault: OpenIdFault) => fires(fault, request);
    const issued = Math.floor(clock().getTime() / 1000) - (faulty('idTokenExpired') ? 2 * idTokenSeconds : 0);
    const nonce = faulty('nonceWrong') ? randomBytes(16).toString('base64url') : grant.nonce;
    const content = {
      ...claims,
      aud: faulty('audienceWrong') ? 'another-application' : grant.clientId,
      ...(faulty('issuerWrong') ? { iss: 'https://issuer.invalid' } : {}),
      ...(nonce === null ? {} : { nonce }),
      iat: issued,
      exp: issued + idTokenSeconds,
    };
    if (faulty('idTokenUnsigned')) return unsignedToken(content);
    return faulty('signatureWrong') ? this.#signer.signWithAnotherKey(content) : this.#signer.sign(content);
  }
}

/** Returns the name of the first parameter that is missing or not supported, or null. */
function wrongParameter(query: URLSearchParams): string | null {
  const scopes = (query.get('scope') ?? '').split(' ');
  if (query.get('response_type') !== 'code') return 'response_type';
  if (!scopes.includes('openid')) return 'scope';
  if ((query.get('response_mode') ?? 'query') !== 'query') return 'response_mode';
  const challenge = query.get('code_challenge');
  return challenge !== null && query.get('code_challenge_method') !== 'S256' ? 'code_challenge_method' : null;
}
