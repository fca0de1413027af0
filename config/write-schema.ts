/** Writes the JSON Schema that editors read; run from the project's folder after a build: `node dist/config/write-schema.js`, then `npm run format`. */
import { writeFileSync } from 'node:fs';
import { tenantJsonSchema } from './json-schema.ts';

writeFileSync('config/tenant.schema.json', tenantJsonSchema());
