/** A browser without scripts: it keeps cookies, follows what it is told to, and sends forms as they stand on the page. */
import type { Hono } from 'hono';
import type { ConsoleDeps, ConsoleEnv } from '../../../../worker/console/deps.ts';
import { formTokenOf } from '../../../../worker/console/form-token.ts';
import { seal } from '../../../../worker/console/sealed.ts';
import type { ConsoleSession } from '../../../../worker/console/session.ts';

export interface Shown {
  status: number;
  /** The address that a redirect leads to. */
  location: string | null;
  headers: Headers;
  /** HTML. */
  page: string;
}

export class Browser {
  readonly cookies = new Map<string, string>();
  readonly #app: Hono<ConsoleEnv>;
  readonly #deps: ConsoleDeps;
  #session: ConsoleSession | null = null;

  constructor(app: Hono<ConsoleEnv>, deps: ConsoleDeps) {
    this.#app = app;
    this.#deps = deps;
  }

  /** Signs a person in without their sign-in service; `tenant` null: an operator. */
  async signIn(tenant: string | null, person: Partial<ConsoleSession> = {}): Promise<this> {
    const at = Math.floor(this.#deps.now().getTime() / 1_000);
    this.#session = {
      ...{ id: 'a-session', tenant, subject: 'a-subject', addresses: [], name: 'Ada Example' },
      ...{ began: at, written: at, ...person },
    };
    const { keys } = this.#deps;
    const kept = await seal(this.#session, { kind: 'session', keys, now: this.#deps.now(), seconds: 3_600 });
    this.cookies.set('__Host-timely-sync', kept);
    return this;
  }

  /** The hidden field of forms of the session that `signIn` began. */
  get formToken(): string {
    return formTokenOf(this.#deps.keys, this.#session?.id ?? '');
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Shown> {
    return this.#send(path, { headers });
  }

  /** Sends a form as a page of the console would, with its token unless `fields` has one. */
  post(
    path: string,
    fields: Record<string, string> | [string, string][],
    headers: Record<string, string> = {},
  ): Promise<Shown> {
    const body = new URLSearchParams(fields);
    if (!body.has('token')) body.set('token', this.formToken);
    return this.#send(path, {
      method: 'POST',
      body: body.toString(),
      headers: {
        origin: this.#deps.settings.url,
        'content-type': 'application/x-www-form-urlencoded',
        ...headers,
      },
    });
  }

  async #send(path: string, init: RequestInit): Promise<Shown> {
    const headers = new Headers(init.headers);
    if (this.cookies.size > 0)
      headers.set('cookie', [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '));
    const response = await this.#app.request(`${this.#deps.settings.url}${path}`, { ...init, headers });
    for (const cookie of response.headers.getSetCookie()) this.#take(cookie);
    return {
      status: response.status,
      location: response.headers.get('location'),
      headers: response.headers,
      page: await response.text(),
    };
  }

  #take(cookie: string): void {
    const [pair = '', ...attributes] = cookie.split('; ');
    const at = pair.indexOf('=');
    const name = pair.slice(0, at);
    if (attributes.includes('Max-Age=0')) this.cookies.delete(name);
    else this.cookies.set(name, pair.slice(at + 1));
  }
}
