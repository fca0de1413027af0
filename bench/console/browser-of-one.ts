/** What a browser of one person does on the console: it keeps cookies, signs in at the sandbox, and sends forms. */
import { Agent, request } from 'undici';

interface Answer {
  status: number;
  location: string | null;
  text: string;
}

export class BrowserOfOne {
  readonly #dispatcher: Agent;
  readonly #cookies = new Map<string, string>();
  #token = '';

  /** `ca`: the authority of the sandbox. */
  constructor(ca: string) {
    this.#dispatcher = new Agent({ connect: { ca } });
  }

  /** Opens a page that asks for a sign-in, and signs the person in. */
  async signIn(page: string, account: string): Promise<void> {
    const begun = await this.#send('GET', page);
    const { location } = await this.#send('GET', String(new URL(begun.location ?? '', page)));
    const back = await this.#send('POST', location ?? '', new URLSearchParams({ account }));
    const ended = await this.#send('GET', back.location ?? '');
    if (ended.status !== 303) throw new Error(`The sign-in ended with ${ended.status}: ${ended.text}`);
    await this.get(page);
  }

  /** Returns a page as HTML. @throws Error unless the console answers with it */
  async get(page: string): Promise<string> {
    return this.#page(await this.#send('GET', page));
  }

  /** Sends the form of the last page with these fields. @throws Error when the console refuses it */
  async send(page: string, fields: Record<string, string>): Promise<void> {
    const answer = await this.#send('POST', page, new URLSearchParams({ token: this.#token, ...fields }));
    if (answer.status !== 303) this.#page(answer);
  }

  #page({ status, text }: Answer): string {
    if (status !== 200) throw new Error(`The console answered ${status}: ${text.slice(0, 2_000)}`);
    this.#token = /name="token" value="([^"]+)"/.exec(text)?.[1] ?? '';
    return text;
  }

  async #send(method: 'GET' | 'POST', address: string, form?: URLSearchParams): Promise<Answer> {
    const { statusCode, headers, body } = await request(address, {
      method,
      headers: {
        cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(form && {
          'content-type': 'application/x-www-form-urlencoded',
          origin: new URL(address).origin,
        }),
      },
      body: form?.toString() ?? null,
      dispatcher: this.#dispatcher,
    });
    for (const cookie of [headers['set-cookie'] ?? []].flat()) this.#keep(cookie);
    const location = [headers.location ?? null].flat()[0] ?? null;
    return { status: statusCode, location, text: await body.text() };
  }

  #keep(cookie: string): void {
    const [pair = ''] = cookie.split(';');
    const at = pair.indexOf('=');
    this.#cookies.set(pair.slice(0, at), pair.slice(at + 1));
  }
}
