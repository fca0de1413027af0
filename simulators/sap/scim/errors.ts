/** Error responses in SCIM's shape (docs/reference/sap.md section 8). */
import { randomUUID } from 'node:crypto';
import {
  htmlResponse,
  jsonResponse,
  SimulatedRefusal,
  type SimulatedResponse,
} from '../../simulated-response.ts';
import { urns } from '../directory/schemas.ts';

/** Returns the headers of each response. SAP's content type has no charset. */
export const scimHeaders = (headers: Record<string, string> = {}): Record<string, string> => ({
  'content-type': 'application/scim+json',
  'x-ids-id': randomUUID(),
  ...headers,
});

/** Returns `{schemas, status, detail}`. The status is text, and `scimType` is mostly absent. */
export const scimError = (
  status: number,
  detail: string,
  { scimType, headers }: { scimType?: string; headers?: Record<string, string> } = {},
): SimulatedResponse =>
  jsonResponse(
    status,
    {
      schemas: [urns.error],
      status: String(status),
      ...(scimType === undefined ? {} : { scimType }),
      detail,
    },
    scimHeaders(headers),
  );

export const scimRefusal = (status: number, detail: string, scimType?: string): SimulatedRefusal =>
  new SimulatedRefusal(scimError(status, detail, scimType === undefined ? {} : { scimType }));

/** Returns an error whose body is SCIM's, a page of the gateway, or nothing. */
export function errorWithBody(
  body: 'scim' | 'html' | 'empty',
  status: number,
  detail: string,
  headers: Record<string, string> = {},
): SimulatedResponse {
  if (body === 'scim') return scimError(status, detail, { headers });
  if (body === 'html') return htmlResponse(status, `HTTP Status ${status} – ${detail}`, headers);
  return { status, text: '', headers: { ...headers, 'content-type': 'text/plain' } };
}
