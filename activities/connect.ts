/** The end of a sign-in in the browser: the code becomes tokens here, which never leave the workers. */
import type { SignedInUser, SignInCode } from '../domain/contract/sign-in.ts';
import { adminRole, withRoleName } from '../domain/people/roles.ts';
import { sameText } from '../domain/text.ts';
import { readConnectInput } from './query/query-schema.ts';
import type { Services } from './services.ts';
import { accountToSignInTo } from './sign-in-account.ts';

export interface ConnectInput extends SignInCode {
  tenant: string;
  /** The tenant file, where none is in force yet. */
  file?: unknown;
}

export function createConnectActivities(services: Services) {
  return {
    /** Stores the tokens for the code and returns the user who signed in. @throws as `SignIn.redeem`, and as `currentUser` */
    async connect(input: ConnectInput): Promise<SignedInUser> {
      const { tenant, file, ...code } = readConnectInput(input);
      const { signIn, timely } = await accountToSignInTo(services, tenant, file);
      await signIn.redeem(code);
      const user = withRoleName(await timely.currentUser(), await timely.roles());
      const { email, role } = user;
      return { name: user.name, email, role, isAdmin: sameText(role, adminRole) };
    },
  };
}
