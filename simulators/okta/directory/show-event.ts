/** Events of the System Log in the form of the API. */
import { createHash } from 'node:crypto';
import { displayMessages, type LogTarget, type StoredEvent } from './system-log.ts';

const shownTarget = (target: LogTarget) => ({ ...target, detailEntry: null });

/** Returns an event as the API and event hooks show it. What nothing reads is the same in each. */
export function showEvent({ uuid, eventType, published, targets }: StoredEvent): Record<string, unknown> {
  const digest = createHash('sha256').update(uuid).digest('hex');
  const messages: Record<string, string> = displayMessages;
  return {
    actor: {
      id: '00uadmin000000000001',
      type: 'User',
      alternateId: 'admin@contoso.example',
      displayName: 'Adele Admin',
      detailEntry: null,
    },
    client: {
      userAgent: { rawUserAgent: 'Mozilla/5.0', os: 'Mac OS X', browser: 'CHROME' },
      zone: 'null',
      device: 'Computer',
      id: null,
      ipAddress: '192.0.2.7',
      geographicalContext: {
        city: 'Hamburg',
        state: 'Hamburg',
        country: 'Germany',
        postalCode: '20095',
        geolocation: { lat: 53.55, lon: 9.99 },
      },
    },
    device: null,
    authenticationContext: {
      authenticationProvider: null,
      credentialProvider: null,
      credentialType: null,
      issuer: null,
      interface: null,
      authenticationStep: 0,
      externalSessionId: digest.slice(0, 16),
    },
    displayMessage: messages[eventType] ?? eventType,
    eventType,
    outcome: { result: 'SUCCESS', reason: null },
    published,
    securityContext: { asNumber: null, asOrg: null, isp: null, domain: null, isProxy: null },
    severity: 'INFO',
    debugContext: { debugData: { requestUri: '/api/internal/change' } },
    transaction: { type: 'WEB', id: digest.slice(0, 32), detail: {} },
    uuid,
    version: '0',
    request: { ipChain: [] },
    target: targets.map(shownTarget),
  };
}
