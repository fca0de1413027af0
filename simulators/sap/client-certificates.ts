/** Certificates that systems sign in with, and the authority that signs them. */
import { randomBytes } from 'node:crypto';
import { generate } from 'selfsigned';
import { z } from 'zod';
import { readSaved, replaceFile } from '../saved-state.ts';

/** An authority with its key, because it signs renewed certificates too. All PEM. */
export interface ClientAuthority {
  certificate: string;
  key: string;
}

/** A certificate with its private key, and both in one text, as the product's secret has them. */
export interface ClientCertificate {
  certificate: string;
  key: string;
  pem: string;
}

const saved = z.object({
  authority: z.object({ certificate: z.string(), key: z.string() }),
  client: z.object({ certificate: z.string(), key: z.string(), pem: z.string() }),
});

/** Returns the authority and the certificate that a file has, or makes both. */
export async function clientCertificateIn(file: string): Promise<z.output<typeof saved>> {
  const known = saved.safeParse(readSaved(file)).data;
  if (known) return known;
  const authority = await makeClientAuthority();
  const made = { authority, client: await issueClientCertificate(authority) };
  replaceFile(file, JSON.stringify(made));
  return made;
}

const dayMs = 24 * 3_600_000;
const keys = { keyType: 'ec', algorithm: 'sha256' } as const;

export async function makeClientAuthority(): Promise<ClientAuthority> {
  const name = `timely-sync sandbox client authority ${randomBytes(4).toString('hex')}`;
  const made = await generate([{ name: 'commonName', value: name }], {
    ...keys,
    notBeforeDate: new Date(Date.now() - dayMs),
    notAfterDate: new Date(Date.now() + 3650 * dayMs),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  return { certificate: made.cert, key: made.private };
}

/** Makes a client certificate. Default: valid from yesterday for a year. */
export async function issueClientCertificate(
  { certificate, key }: ClientAuthority,
  { validFrom = new Date(Date.now() - dayMs), validTo = new Date(Date.now() + 365 * dayMs) } = {},
): Promise<ClientCertificate> {
  const made = await generate([{ name: 'commonName', value: 'timely-sync' }], {
    ...keys,
    notBeforeDate: validFrom,
    notAfterDate: validTo,
    ca: { key, cert: certificate },
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true },
      { name: 'extKeyUsage', clientAuth: true },
    ],
  });
  return { certificate: made.cert, key: made.private, pem: `${made.cert}\n${made.private}\n` };
}
