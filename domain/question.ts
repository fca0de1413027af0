import type { SignInRequest } from './sign-in.ts';

/**
 * Questions of the command. The `question` workflow runs each as an activity that reads the store, so that no command
 * needs the database. `after` is 0 first, then the `next` of the page before.
 */
export type Question =
  | { about: 'tenants'; after: number }
  | { about: 'cycle'; tenant: string; cycle: number }
  | { about: 'cycles'; tenant: string; limit: number }
  | {
      about: 'lines';
      tenant: string;
      cycle: number;
      status: 'held' | 'failed' | 'refused' | 'done';
      after: number;
    }
  | { about: 'findings'; tenant: string; cycle: number; after: number }
  | { about: 'approvals'; tenant: string | null; open: boolean; after: number }
  | { about: 'approval'; tenant: string; approval: number; after: number }
  | ({ about: 'signInAddress'; tenant: string } & SignInRequest);
