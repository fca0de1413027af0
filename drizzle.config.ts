import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'postgresql',
  schema: ['./store/schema.ts', './store/schema-directory.ts', './store/schema-journal.ts'],
  out: './store/migrations',
});
