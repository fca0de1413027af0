/** The event hook of the simulated Okta, as an administrator registers it. */
import { z } from 'zod';
import { openSandbox } from './control.ts';

const registered = z.object({ verified: z.boolean() });

/** Registers the worker's receiver for the sandbox's tenant, and says when Okta could not verify it. */
export async function registerEventHook(
  dataFolder: string,
  publicUrl: string,
  say: (sentence: string) => void,
): Promise<void> {
  const sandbox = await openSandbox(dataFolder);
  const url = `${publicUrl}/okta/contoso`;
  const { verified } = registered.parse(await sandbox.order('okta', 'eventHook', { url }));
  if (!verified)
    say('The simulated Okta could not verify its event hook: changes are seen at the next cycle.');
}
