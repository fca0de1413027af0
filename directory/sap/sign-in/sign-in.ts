/** Signing in, at most once for each refusal: the client id locks after five (docs/reference/okta-and-sap.md section 2.6). */
import { ConsentNeededError } from '../../../domain/errors.ts';
import type { SapSourceSettings } from '../settings.ts';
import { certificateEnd, newCertificateRemedy, requireValid } from './client-certificate.ts';

export interface SapSignIn {
  /** What a request carries. @throws ConsentNeededError while the credential must not be tried */
  headers(): Promise<Record<string, string>>;
  /** Nothing is tried with this credential for a while. */
  refused(): Promise<ConsentNeededError>;
  /** SAP took the credential. */
  accepted(): void;
  /** Until SAP has taken the credential, requests run one at a time. */
  inTurn<Result>(request: () => Promise<Result>): Promise<Result>;
  endsAt: Date | null;
}

/** Without a new secret or configuration. The lock itself lasts an hour. */
const refusedMs = 30 * 60_000;

/** @throws ConfigurationError when the certificate cannot be used */
export function createSapSignIn({ host, credential, signIns }: SapSourceSettings): SapSignIn {
  const endsAt = credential.kind === 'certificate' ? certificateEnd(credential.pem) : null;
  let isAccepted = false;
  let last: Promise<unknown> = Promise.resolve();
  const authorization: Record<string, string> =
    credential.kind === 'certificate' ? {} : { authorization: basic(credential) };

  function refusal(until: Date): ConsentNeededError {
    const what = credential.kind === 'certificate' ? 'client certificate' : 'client id and secret';
    return new ConsentNeededError(
      `SAP at ${host} refuses the ${what} (401). They are not tried again before ${minuteOf(until)}, or before the secret or the tenant file changes, because SAP locks a system after five refusals.`,
      { remedy: credential.kind === 'certificate' ? certificateRemedy : secretRemedy },
    );
  }

  return {
    endsAt,
    async headers() {
      if (endsAt !== null) requireValid(endsAt);
      // Another worker may have been refused since SAP took the credential here.
      const until = await signIns.refusedUntil();
      if (until !== null && until.getTime() > Date.now()) throw refusal(until);
      return authorization;
    },
    async refused() {
      isAccepted = false;
      const until = new Date(Date.now() + refusedMs);
      await signIns.refuse(until);
      return refusal(until);
    },
    accepted() {
      isAccepted = true;
    },
    async inTurn(request) {
      if (isAccepted) return await request();
      const turn = last.then(request, request);
      last = turn.catch(() => undefined);
      return await turn;
    },
  };
}

const basic = ({ clientId, secret }: { clientId: string; secret: string }) =>
  `Basic ${Buffer.from(`${clientId}:${secret}`, 'utf8').toString('base64')}`;

const minuteOf = (at: Date) => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;

const certificateRemedy = `Check in the administration console of SAP that the system exists and has this certificate. ${newCertificateRemedy}`;
const secretRemedy =
  'Check source.clientId, and in the administration console of SAP that the system exists, that its secret has not ended and that its client id is not locked. Put a new secret where source.credential.secret points.';
