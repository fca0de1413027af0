import { z } from 'zod';
import { tenantSchema } from './tenant-schema.ts';

/** The JSON Schema of the tenant file as text, for editors: what one may write, so that defaults are optional. */
export function tenantJsonSchema(): string {
  const schema = z.toJSONSchema(tenantSchema, { io: 'input' });
  return `${JSON.stringify({ ...schema, title: 'Tenant file of timely-directory-sync' }, null, 2)}\n`;
}
