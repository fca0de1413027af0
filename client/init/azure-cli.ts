import { execa } from 'execa';
import { isGuid } from '../../domain/text.ts';
import { childEnvironment } from '../local/child-environment.ts';

/** The profile is on this machine: no service is asked. */
const withinMs = 5_000;

/** The directory that the Azure CLI is signed in to, a GUID; null where there is no CLI, or no sign-in. */
export async function azureDirectoryId(): Promise<string | null> {
  const asked = ['account', 'show', '--query', 'tenantId', '--output', 'tsv'];
  // On Windows it is a batch file, which execa finds.
  const { stdout, failed } = await execa('az', asked, {
    env: childEnvironment('azureCli'),
    extendEnv: false,
    timeout: withinMs,
    stdin: 'ignore',
    reject: false,
  });
  const id = failed ? '' : stdout.trim();
  return isGuid(id) ? id : null;
}
