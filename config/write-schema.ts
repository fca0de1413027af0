/**
 * Writes the JSON Schema for editors. After a build, in the project's folder: `node dist/config/write-schema.js`, then
 * `npm run format`.
 */
import { writeFileSync } from 'node:fs';
import { tenantJsonSchema } from './tenant-schema.ts';

writeFileSync('config/tenant.schema.json', tenantJsonSchema());
