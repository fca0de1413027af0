/** The states of all servers, saved or new. */
import { fillContoso } from '../company.ts';
import { contoso } from '../contoso.ts';
import { emptyMicrosoft, emptyOkta, emptySap, emptyTimely } from '../empty-states.ts';
import type { SavedMicrosoft } from '../microsoft/directory/records.ts';
import { MicrosoftState } from '../microsoft/directory/state.ts';
import type { SavedOkta } from '../okta/directory/records.ts';
import { OktaState } from '../okta/directory/state.ts';
import type { clientCertificateIn } from '../sap/client-certificates.ts';
import type { SavedSap } from '../sap/directory/records.ts';
import { SapState } from '../sap/directory/state.ts';
import { readSaved } from '../saved-state.ts';
import { type SavedTimely, TimelyState } from '../timely/state.ts';

export const serviceNames = ['microsoft', 'okta', 'sap', 'timely'] as const;
export type ServiceName = (typeof serviceNames)[number];

export interface States {
  microsoft: MicrosoftState;
  okta: OktaState;
  sap: SapState;
  timely: TimelyState;
}

/** Fills empty states. */
export type Company = (
  microsoft: MicrosoftState,
  timely: TimelyState,
  okta: OktaState,
  sap: SapState,
) => void;

export type SapCertificate = Awaited<ReturnType<typeof clientCertificateIn>>;

interface StatesOptions {
  dataDir?: string;
  company?: Company;
}

/** What a tenant file needs to reach the sandbox. */
export interface SandboxCredentials {
  tenantId: string;
  clientId: string;
  clientSecret: string;
  accountId: number;
  applicationId: string;
  applicationSecret: string;
  /** The first refresh token. Works once, because refresh tokens rotate. */
  refreshToken: string;
  /** Host of the Okta org, and the client id and key (PKCS#8 PEM) of its service app. */
  oktaDomain: string;
  oktaClientId: string;
  oktaPrivateKey: string;
  /** What the event hook sends in `Authorization`. */
  oktaHook: string;
  /** Host of the SAP tenant, client id and secret of its system, and its certificate with the key (PEM). */
  sapHost: string;
  sapClientId: string;
  sapSecret: string;
  sapCertificate: string;
  /** What people sign in to in Okta and SAP: client ids and secrets. */
  oktaSignInId: string;
  oktaSignInSecret: string;
  sapSignInId: string;
  sapSignInSecret: string;
  /** Client id of the multi-tenant application of the installation. Any certificate signs in as it. */
  sharedClientId: string;
  /** What those who run the installation sign in to. */
  operatorsClientId: string;
  operatorsSecret: string;
}

/** Returns the saved states, or new ones filled by the company. */
export function readStates(
  { dataDir, company = fillContoso }: StatesOptions,
  file: (name: string) => string,
  clock: () => Date,
  { authority, client }: SapCertificate,
): States {
  const saved = (name: ServiceName) => (dataDir === undefined ? undefined : readSaved(file(`${name}.json`)));
  const [savedMicrosoft, savedOkta, savedSap, savedTimely] = serviceNames.map(saved);
  if (![savedMicrosoft, savedOkta, savedSap, savedTimely].includes(undefined)) {
    // These files are replaced in one step, so they hold what `save` returned.
    return {
      microsoft: new MicrosoftState(savedMicrosoft as SavedMicrosoft, clock),
      okta: new OktaState(savedOkta as SavedOkta, clock),
      sap: new SapState(savedSap as SavedSap, clock),
      timely: new TimelyState(savedTimely as SavedTimely, clock),
    };
  }
  const keys = { clientAuthority: authority.certificate, certificate: client.certificate };
  const states = {
    microsoft: emptyMicrosoft(clock),
    okta: emptyOkta(clock),
    sap: emptySap(clock, keys),
    timely: emptyTimely(clock),
  };
  company(states.microsoft, states.timely, states.okta, states.sap);
  states.okta.forgetEarlier();
  return states;
}

/** Returns what tenant files need to reach the servers, but for certificates. */
export function credentialsOf({
  microsoft: { app, sharedApp, operatorsApp },
  okta,
  sap,
  timely: { account, oauth },
}: States): Omit<SandboxCredentials, 'sapCertificate'> {
  return {
    tenantId: app.tenantId,
    clientId: app.clientId,
    clientSecret: app.clientSecret,
    accountId: account.id,
    applicationId: oauth.applicationId,
    applicationSecret: oauth.applicationSecret,
    refreshToken: oauth.initialRefreshToken,
    oktaDomain: okta.domain,
    oktaClientId: okta.serviceApp.clientId,
    oktaPrivateKey: okta.serviceApp.privateKey,
    oktaHook: okta.hook.secret,
    sapHost: contoso.sap.host,
    sapClientId: sap.system.clientId,
    sapSecret: sap.system.secrets[0] ?? '',
    oktaSignInId: okta.webApp.clientId,
    oktaSignInSecret: okta.webApp.clientSecret,
    sapSignInId: sap.webApp.clientId,
    sapSignInSecret: sap.webApp.clientSecret,
    sharedClientId: sharedApp.clientId,
    operatorsClientId: operatorsApp.clientId,
    operatorsSecret: operatorsApp.clientSecret,
  };
}
