/** The simulated SAP Cloud Identity Services: the SCIM API of the Identity Directory over one tenant. */
import type { Hono } from 'hono';
import type { DirectoryView } from '../directory.ts';
import { Faults } from '../faults.ts';
import type { HttpsEnvironment } from '../https-server.ts';
import type { Ledger } from '../ledger.ts';
import { serviceApp } from '../service.ts';
import type { SimulatedRequest, SimulatedResponse } from '../simulated-response.ts';
import { sapActions } from './actions.ts';
import type { SapContext, SapOptions } from './context.ts';
import { addressOf, departmentOf, nameOf } from './directory/names.ts';
import type { SapState } from './directory/state.ts';
import { type SapFault, sapFaultTable } from './faults/faults.ts';
import { personRoutes, sapProvider } from './openid/person-sign-in.ts';
import { RateLadder, sapRates, tooManyRequests } from './rate-ladder.ts';
import { compressed } from './routes/compression.ts';
import { readRoutes } from './routes/read-routes.ts';
import { tokenRoute } from './routes/token-route.ts';
import { VisibleObjects } from './routes/visible-objects.ts';
import { writeRoutes } from './routes/write-routes.ts';
import { scimError } from './scim/errors.ts';
import { authorizationRefusal, signInRefusal } from './sign-in.ts';
import { systemActions } from './system-actions.ts';

export interface SapSimulator {
  url: string;
  state: SapState;
  ledger: Ledger;
  faults: Faults<SapFault>;
  /** Tests may change these at any time. */
  options: SapOptions;
  view(): DirectoryView;
}

interface Parts {
  state: SapState;
  ledger: Ledger;
  /** The true time. The fault `clockOff` moves the service's own clock. */
  clock: () => Date;
  origin(): string;
  stateChanged(): void;
}

/** Returns the web application and the parts that tests use. */
export function sapApp({ state, ledger, clock: trueClock, origin, stateChanged }: Parts): {
  app: Hono<HttpsEnvironment>;
  simulator: Omit<SapSimulator, 'url'>;
} {
  const clock = (): Date => {
    const off = faults.active().find(({ name }) => name === 'clockOff')?.setting.minutes ?? 0;
    return new Date(trueClock().getTime() + off * 60_000);
  };
  const faults: Faults<SapFault> = new Faults(sapFaultTable(clock, state));
  const options: SapOptions = { rates: { ...sapRates } };
  const visible = new VisibleObjects(state, origin);
  const ladder = new RateLadder();
  const tokens = new Map<string, number>();
  const signed = new Map<string, boolean>();
  const context: SapContext = { state, faults, clock, options, ladder, visible, signed, tokens, origin };
  const provider = sapProvider(context);
  const app = serviceApp({
    routes: [
      ...readRoutes(context),
      ...writeRoutes(context),
      ...personRoutes(context, provider),
      tokenRoute(context, provider),
    ],
    faults,
    ledger,
    clock,
    refusal: (request) => signInRefusal(context, request) ?? authorizationRefusal(context, request),
    around: async (request, run) => compressed(context, request, await limited(context, request, run)),
    notFound: () => scimError(404, 'Resource not found'),
    stateChanged,
    normalizePath: (path) => (path.length > 1 ? path.replace(/\/$/, '') : path),
    actions: { ...sapActions(state), ...systemActions(state, options) },
    summarize: () => summarize(state),
  });
  return { app, simulator: { state, ledger, faults, options, view: () => viewOf(state) } };
}

/** Every request of the SCIM API counts for the limit, also one that is refused. Sign-ins of people have another limit. */
async function limited(
  { options: { rates }, ladder, state, clock }: SapContext,
  { operation }: SimulatedRequest,
  run: () => Promise<SimulatedResponse>,
): Promise<SimulatedResponse> {
  if (operation.startsWith('signIn.')) return run();
  const isAdmitted = rates === null || (await ladder.admits(rates));
  return isAdmitted ? await run() : tooManyRequests(state.behaviour, clock());
}

const viewOf = (state: SapState): DirectoryView => ({
  users: state.users().map((user) => ({
    id: user.id,
    status: user.blocked ? 'deleted' : 'live',
    displayName: nameOf(user),
    mail: addressOf(user),
    userPrincipalName: user.attributes.userName,
    accountEnabled: user.status === 'active',
    department: departmentOf(user),
    sapStatus: user.status,
    emails: user.emails,
    attributes: user.attributes,
  })),
  groups: state.groups().map(({ id, attributes, members }) => ({
    id,
    displayName: attributes.displayName,
    members: members.map((memberId) => {
      const member = state.get(memberId);
      return member ? nameOf(member) : memberId;
    }),
    memberIds: [...members],
  })),
  roles: [],
});

/** Returns a summary of the tenant for people. */
function summarize(state: SapState) {
  const { hidden, behaviour } = state;
  const { secrets: _, clientAuthority: __, ...system } = state.system;
  return { ...viewOf(state), system, hidden, behaviour };
}
