/** What a browser of one person does on the console: it keeps cookies, signs in at the sandbox, and sends forms. */
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

interface Answer {
  status: number;
  location: string | null;
  text: string;
}

export class BrowserOfOne {
  readonly #ca: string;
  readonly #cookies = new Map<string, string>();
  #token = '';

  /** `ca`: the authority of the sandbox. */
  constructor(ca: string) {
    this.#ca = ca;
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
    if (status !== 200) throw new Error(`The console answered ${status}: ${text}`);
    this.#token = /name="token" value="([^"]+)"/.exec(text)?.[1] ?? '';
    return text;
  }

  async #send(method: 'GET' | 'POST', address: string, form?: URLSearchParams): Promise<Answer> {
    const url = new URL(address);
    const body = form?.toString();
    const headers = {
      cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; '),
      ...(body !== undefined && {
        'content-type': 'application/x-www-form-urlencoded',
        'content-length': Buffer.byteLength(body),
        origin: url.origin,
      }),
    };
    return await new Promise((resolve, reject) => {
      const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
      const sent = send(url, { method, headers, ca: this.#ca }, async (incoming) => {
        try {
          for (const cookie of incoming.headers['set-cookie'] ?? []) this.#keep(cookie);
          const chunks: Buffer[] = [];
          for await (const chunk of incoming) chunks.push(chunk);
          const { statusCode: status = 0, headers: received } = incoming;
          resolve({
            status,
            location: received.location ?? null,
            text: Buffer.concat(chunks).toString('utf8'),
          });
        } catch (error) {
          reject(error);
        }
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }

  #keep(cookie: string): void {
    const [pair = ''] = cookie.split(';');
    const at = pair.indexOf('=');
    this.#cookies.set(pair.slice(0, at), pair.slice(at + 1));
  }
}
