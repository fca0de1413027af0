/** The certificate of the multi-tenant application. Microsoft's library signs with RSA keys only. */
import { generate } from 'selfsigned';
import { z } from 'zod';
import { readSaved, replaceFile } from '../../saved-state.ts';

const saved = z.object({ pem: z.string() });

/** Returns the PEM with certificate and key that a file has, or makes it. */
export async function sharedCertificateIn(file: string): Promise<string> {
  const known = saved.safeParse(readSaved(file)).data;
  if (known) return known.pem;
  const made = await generate([{ name: 'commonName', value: 'Timely Directory Sync' }], {
    keyType: 'rsa',
    keySize: 2048,
    algorithm: 'sha256',
  });
  const pem = `${made.cert}\n${made.private}`;
  replaceFile(file, JSON.stringify({ pem }));
  return pem;
}
