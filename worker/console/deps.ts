/** What the pages of the console work with, and what they know of a request. */
import type { Client } from '@temporalio/client';
import type { Context } from 'hono';
import type { Logger } from 'pino';
import type { SignInService } from '../../activities/sign-in/sign-in-service.ts';
import type { SetUpSettings } from '../../config/first-file/set-up-settings.ts';
import type { ConsoleListener } from '../../config/listening/console-settings.ts';
import type { TenantPolicy } from '../../config/policy/tenant-policy.ts';
import type { RequestPage } from '../../domain/contract/request-page.ts';
import type { SignedIn, WhoMay } from '../../domain/contract/who-may.ts';
import type { EncryptionKeys } from '../../store/account/encryption.ts';
import type { ConsoleSession } from './session.ts';
import type { SignInLimits } from './sign-in/limits.ts';
import type { TenantLinks } from './tenant-links.ts';

export interface ConsoleDeps {
  settings: ConsoleListener;
  /** What tenant files may name, and the application of the installation. */
  policy: TenantPolicy;
  /** How tenants begin that are set up here. */
  setUp: SetUpSettings;
  /** Where operators sign in; null when there are none. */
  operatorService: SignInService | null;
  signInLimits: SignInLimits;
  /** Made as commands make theirs: pages ask the workers by the same code (client/remote). */
  client: Client;
  /** The worker's; what each key of the console is derived from (store/account/derived-keys.ts). */
  keys: EncryptionKeys;
  links: TenantLinks;
  log: Logger;
  /** What a tenant lets a person do (who-may.ts). */
  whoMay(tenant: string, person: SignedIn): Promise<WhoMay>;
  now(): Date;
}

/** Who looks at a page of a tenant. */
export interface Viewer {
  tenant: string;
  /** Their id in the tenant's directory; null when another service has signed them in. */
  subject: string | null;
  /** The address under which they answer; empty when nothing proves one. */
  address: string;
  name: string;
  /** Listed in `approvals.who`. */
  mayDecide: boolean;
  /** Whether the tenant file has `approvals.who`. Without it nobody decides here. */
  isWhoNamed: boolean;
  /** Listed in `console.viewers` or `approvals.who`, or an operator. */
  mayLook: boolean;
  /** Runs the installation. */
  operator: boolean;
}

/** What is known of a request, in `context.var`. */
export interface ConsoleEnv {
  Variables: {
    deps: ConsoleDeps;
    /** Below `/t/`: the tenant of the address, and the path of its pages (`pagesBelow(base)`). */
    tenant: string;
    base: string;
    /** Whose cookie came with the request; null without one that holds. */
    cookieOf: ConsoleSession | null;
    /** Behind the guard. */
    session: ConsoleSession;
    viewer: Viewer;
    /** For the hidden field of every form; <Form> has it. */
    formToken: string;
    /** The fields of a posted form, without its token; none with GET. */
    form: URLSearchParams;
    /** What was posted to this page when the session had ended: for the form, to be sent again. Null otherwise. */
    kept: URLSearchParams | null;
    /** The page of a request, asked for before the guard has answered (approvals/page-ahead.ts). */
    pageAhead: Promise<RequestPage | null> | undefined;
  };
}

export type ConsoleContext = Context<ConsoleEnv>;
