import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import type { World } from '../../support/world.ts';

/** The code that Timely's page shows after its owner has signed in at the address that a command has written. */
export async function codeShown({ sandbox }: World, written: string): Promise<string> {
  const address = /^https:.*$/m.exec(written)?.[0] ?? '';
  const body = await new Promise<string>((resolve, reject) => {
    const page = request(address, { ca: sandbox.caPem }, (response) => {
      text(response).then(resolve, reject);
    });
    page.on('error', reject).end();
  });
  return />([^<]+)</.exec(body)?.[1] ?? '';
}
