/** What `check` says of the console: whether people can sign in, and whether anybody is named who may look. */
import type { TenantFile } from '../../config/tenant-file.ts';
import { type CheckResult, checkOk, checkWarning } from '../../domain/contract/check.ts';
import type { Services } from '../services.ts';
import { requireOpenId } from '../sign-in/open-id.ts';
import { signInServiceOf } from '../sign-in/sign-in-service.ts';

/**
 * Nothing where the workers have no console. Only a person who signs in finds out whether the application takes the redirect
 * address.
 * @throws ConfigurationError, TransientError when nobody can sign in
 */
export async function checkConsole(
  { access, console }: Pick<Services, 'access' | 'console'>,
  file: TenantFile,
): Promise<CheckResult[]> {
  if (console.pages === null) return [];
  const service = await signInServiceOf(file, await access(file.tenant));
  await requireOpenId(service);
  return [checkOk('sign-in', `People sign in at ${new URL(service.issuer).host}.`), ...namedPeople(file)];
}

function namedPeople({ approvals: { who = [] }, console: { viewers } }: TenantFile): CheckResult[] {
  if (who.length + viewers.length > 0) return [];
  return [
    checkWarning(
      'people',
      'Nobody may open the console: the file names no one.',
      'Name who may decide in approvals.who, and who may look people up in console.viewers.',
    ),
  ];
}
