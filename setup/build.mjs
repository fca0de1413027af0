/** `npm run build`: builds dist/ when the sources have changed. */
import { run } from './run.mjs';

await run(async () => {
  const { prepare } = await import('./prepare.mjs');
  await prepare();
});
