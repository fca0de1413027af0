/** Authorization of API calls: access tokens with DPoP or as bearer tokens, SSWS tokens, and scopes. */
import type { SimulatedRequest, SimulatedResponse } from '../../simulated-response.ts';
import type { OktaContext } from '../context.ts';
import { type Access, accessOf, noAccess, shrunkAccess } from '../directory/access.ts';
import { challengeHeader, emptyResponse, invalidTokenResponse } from '../errors.ts';
import { readToken, type TokenContent } from './access-tokens.ts';
import { checkProof } from './dpop-proof.ts';
import { currentNonce, isGoodNonce } from './nonces.ts';
import { OnceOnly } from './once-only.ts';

/** The scope of each operation, by its first word or its whole name (docs/reference/okta.md section 3). */
const scopes: Record<string, string> = {
  users: 'okta.users.read',
  'users.roles': 'okta.roles.read',
  groups: 'okta.groups.read',
  'groups.roles': 'okta.roles.read',
  apps: 'okta.apps.read',
  roles: 'okta.roles.read',
  logs: 'okta.logs.read',
};

const idleDaysMs = 30 * 24 * 3_600_000;

type Verdict = SimulatedResponse | { principalId: string };

export class Authorization {
  readonly #context: Omit<OktaContext, 'accessOf'>;
  readonly #proofs = new OnceOnly();
  readonly #accesses = new WeakMap<SimulatedRequest, Access>();

  constructor(context: Omit<OktaContext, 'accessOf'>) {
    this.#context = context;
  }

  /** What the caller of an authorized request reaches. */
  accessOf(request: SimulatedRequest): Access {
    return this.#accesses.get(request) ?? noAccess;
  }

  /** Returns the refusal of a request that is not authorized, or null. */
  async refusal(request: SimulatedRequest): Promise<SimulatedResponse | null> {
    const [scheme = '', token = ''] = (request.headers.get('authorization') ?? '').split(' ');
    const verdict = scheme === 'SSWS' ? this.#byMaker(token) : await this.#byToken(scheme, token, request);
    if ('status' in verdict) return verdict;
    this.#accesses.set(request, this.#access(verdict.principalId, request));
    return null;
  }

  #access(principalId: string, request: SimulatedRequest): Access {
    const { state, faults } = this.#context;
    if (faults.fires('adminRoleLost', request)) return noAccess;
    const access = accessOf(state, principalId);
    const shrunk = faults.active().find(({ name }) => name === 'resourceSetShrunk');
    if (!shrunk || !faults.fires('resourceSetShrunk', request)) return access;
    return shrunkAccess(access, 100 - (shrunk.setting.percent ?? 30));
  }

  /** An SSWS token has the rights of its maker at that moment, and ends after 30 idle days. */
  #byMaker(given: string): Verdict {
    const { state, clock } = this.#context;
    const now = clock();
    const known = state.apiTokens.find(({ token }) => token === given);
    const idleMs = now.getTime() - Date.parse(known?.lastUsed ?? '');
    const maker = known && state.users.get(known.makerId);
    if (!known || known.isRevoked || !maker || maker.status === 'DEPROVISIONED' || idleMs > idleDaysMs)
      return invalidTokenResponse();
    known.lastUsed = now.toISOString();
    return { principalId: known.makerId };
  }

  async #byToken(scheme: string, token: string, request: SimulatedRequest): Promise<Verdict> {
    const { state, clock } = this.#context;
    const content = await readToken(token, { key: state.signingKey, now: clock() });
    const isBound = content?.cnf !== undefined;
    if (!content || scheme !== (isBound ? 'DPoP' : 'Bearer')) {
      const description = 'The access token is invalid.';
      return invalidTokenResponse(this.#challenge(request, 'Bearer', 'invalid_token', description));
    }
    const refused = isBound ? await this.#proofRefusal(token, content, request) : null;
    return refused ?? this.#scopeRefusal(content, request) ?? { principalId: content.cid };
  }

  async #proofRefusal(
    token: string,
    { cnf }: TokenContent,
    request: SimulatedRequest,
  ): Promise<SimulatedResponse | null> {
    const { state, clock, faults } = this.#context;
    const { behaviour, nonces, domain } = state;
    const nowMs = clock().getTime();
    const asksForNonce = behaviour.apiNonce || faults.fires('apiNonce', request);
    const result = await checkProof(request.headers.get('dpop'), {
      method: request.method,
      url: `https://${domain}${request.path}`,
      nowMs,
      skewSeconds: behaviour.clockSkewSeconds,
      algorithms: behaviour.proofAlgorithms,
      used: this.#proofs,
      token,
      ...(asksForNonce ? { acceptsNonce: (nonce: unknown) => isGoodNonce(nonces, nonce, nowMs) } : {}),
    });
    if ('needsNonce' in result) {
      const description = 'Resource server requires nonce in DPoP proof.';
      return emptyResponse(401, {
        ...this.#challenge(request, 'DPoP', 'use_dpop_nonce', description),
        'dpop-nonce': currentNonce(nonces, nowMs),
      });
    }
    if (faults.fires('proofRefused', request))
      return this.#badProof(request, "'iat' claim in the DPoP proof JWT is invalid.");
    if ('problem' in result) return this.#badProof(request, result.problem);
    const isBoundKey = result.thumbprint === cnf?.jkt;
    return isBoundKey ? null : this.#badProof(request, "The 'jwk' of the DPoP proof JWT is not the token's.");
  }

  /** Status 400, and no JSON (docs/reference/okta.md section 5). */
  #badProof(request: SimulatedRequest, description: string): SimulatedResponse {
    const { refusedProofBody } = this.#context.state.behaviour;
    const page = refusedProofBody === 'page' ? '<html><body><h1>Bad Request</h1></body></html>' : '';
    return emptyResponse(400, this.#challenge(request, 'DPoP', 'invalid_dpop_proof', description), page);
  }

  /** Without a body: all of it is in the header. */
  #scopeRefusal(content: TokenContent, request: SimulatedRequest): SimulatedResponse | null {
    const { operation } = request;
    const scope = scopes[operation] ?? scopes[operation.split('.')[0] ?? ''];
    const isMissing = scope !== undefined && !content.scp.includes(scope);
    if (!isMissing && !this.#context.faults.fires('scopeLost', request)) return null;
    const description = 'The access token provided does not contain the required scopes.';
    const scheme = content.cnf ? 'DPoP' : 'Bearer';
    return emptyResponse(403, this.#challenge(request, scheme, 'insufficient_scope', description, scope));
  }

  #challenge(
    { path }: SimulatedRequest,
    scheme: 'Bearer' | 'DPoP',
    error: string,
    description: string,
    scope?: string,
  ): Record<string, string> {
    return challengeHeader({ domain: this.#context.state.domain, path, scheme, error, description, scope });
  }
}
