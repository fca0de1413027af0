/** The faults of the simulated SAP. Tests set them by name. */
import {
  clockOff,
  cutBody,
  dropConnection,
  type FaultDefinition,
  latency,
  retryAfterHeader,
} from '../../faults.ts';
import { type OpenIdFault, openIdFaultTable } from '../../openid/faults.ts';
import { htmlResponse } from '../../simulated-response.ts';
import type { SapState } from '../directory/state.ts';
import { errorWithBody, scimError } from '../scim/errors.ts';
import { meanwhileFaultTable, type SapMeanwhileFault } from './meanwhile-faults.ts';
import { type SapPageFault, sapPageFaultTable } from './page-faults.ts';

type SapRefusalFault = 'throttle' | 'unavailable' | 'signInRefused' | 'certificateExpired' | 'permissionLost';
type SapWireFault = 'dropConnection' | 'cutBody' | 'latency' | 'clockOff';
export type SapFault = SapPageFault | SapMeanwhileFault | SapRefusalFault | SapWireFault | OpenIdFault;

export const sapFaultTable = (clock: () => Date, state: SapState): Record<SapFault, FaultDefinition> => ({
  ...sapPageFaultTable,
  ...meanwhileFaultTable(state),
  ...openIdFaultTable,
  throttle: {
    about: '429 with Retry-After in seconds, as a date, or without it (`retryAfter`).',
    make: (setting) => ({
      instead: () =>
        errorWithBody(
          state.behaviour.throttledBody,
          429,
          'Too Many Requests',
          retryAfterHeader(setting, clock()),
        ),
    }),
  },
  unavailable: {
    about: '503 (or `status`) with an HTML page and no Retry-After.',
    make: ({ status = 503 }) => ({ instead: () => htmlResponse(status, `HTTP Status ${status}`) }),
  },
  signInRefused: {
    about: '401 for every request: the system or its secret is gone.',
    make: () => ({ instead: () => errorWithBody(state.behaviour.unauthorizedBody, 401, 'Unauthorized') }),
  },
  certificateExpired: {
    about: 'Client certificates are refused as expired (behaviour `certificateRefusal` says how).',
    make: () => ({}),
  },
  permissionLost: {
    about: '403: the system lost its authorization.',
    make: () => ({ instead: () => scimError(403, 'Forbidden') }),
  },
  dropConnection,
  cutBody,
  latency,
  clockOff,
});
