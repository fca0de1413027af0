/** A customer's administrator at the pages: reads, fills in, follows links, also those to other services and back. */
import type { Browser } from '../../support/browser.ts';
import { consoleUrl } from '../../support/console-in-process.ts';

export class Administrator {
  readonly browser: Browser;
  /** The page that the browser shows, and where it is. */
  page = '';
  path = '';
  status = 0;
  /** The path by which another service led back last. */
  came = '';

  constructor(browser: Browser) {
    this.browser = browser;
  }

  /** Opens a page of the console and follows where it leads. Returns the address of another service, if it leads there. */
  async open(path: string): Promise<string | null> {
    return await this.#follow(path, await this.browser.get(path));
  }

  /** Sends the form of the page that goes to `path`, or the only one. */
  async send(
    fields: Record<string, string> | [string, string][] = {},
    path?: string,
  ): Promise<string | null> {
    const [, action = this.path] =
      path === undefined ? (/<form method="post" action="([^"]+)"/.exec(this.page) ?? []) : [null, path];
    const [, token = ''] = /name="token" value="([^"]+)"/.exec(this.page) ?? [];
    const given = Array.isArray(fields) ? fields : Object.entries(fields);
    return await this.#follow(action, await this.browser.post(action, [...given, ['token', token]]));
  }

  /** Follows the button of the page to another service, chooses an account there, and comes back. */
  async goTo(account: string | null, address = this.button): Promise<string | null> {
    const answer = account === null ? { cancel: 'true' } : { account };
    const response = await fetch(address, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(answer).toString(),
    });
    const back = response.headers.get('location');
    if (back === null) throw new Error(`${response.status}: ${await response.text()}`);
    const url = new URL(back);
    this.came = `${url.pathname}${url.search}`;
    return await this.open(this.came);
  }

  /** The address of the page's button. */
  get button(): string {
    const [, href = ''] = /<a class="button" href="([^"]+)"/.exec(this.page) ?? [];
    return href.replaceAll('&amp;', '&');
  }

  /** What the page says, without its tags. */
  get text(): string {
    return this.page
      .replace(/<[^>]+>/g, ' ')
      .replaceAll('&quot;', '"')
      .replaceAll('&#39;', "'")
      .replaceAll('&amp;', '&')
      .replace(/\s+/g, ' ');
  }

  async #follow(
    path: string,
    first: { status: number; location: string | null; page: string },
  ): Promise<string | null> {
    let shown = first;
    this.path = path;
    while (shown.location !== null) {
      const url = new URL(shown.location, consoleUrl);
      if (url.origin !== consoleUrl) return url.href;
      this.path = `${url.pathname}${url.search}`;
      shown = await this.browser.get(this.path);
    }
    this.page = shown.page;
    this.status = shown.status;
    return null;
  }
}
