/** Responses of a SCIM service (RFC 7644 section 3.12), whatever their status. */
import { z } from 'zod';

export interface ScimResponse {
  status: number;
  headers: Headers;
  /** The JSON of the body; undefined when it is not JSON: empty, HTML, cut off. */
  body: unknown;
}

const errorSchema = 'urn:ietf:params:scim:api:messages:2.0:Error';
/** `status` is a text by the standard. */
const scimError = z.looseObject({
  schemas: z.array(z.string()),
  status: z.union([z.string(), z.number()]).transform(String),
});

/** Whether the service itself refuses with that status. An error page of a proxy or gateway proves nothing about it. */
export function isScimError({ status, body }: ScimResponse, expected: number): boolean {
  if (status !== expected) return false;
  const { data } = scimError.safeParse(body);
  return data?.status === String(expected) && data.schemas.includes(errorSchema);
}
