import { randomBytes } from 'node:crypto';
import { generate } from 'selfsigned';

/** A new certificate authority, and its server certificate for `localhost` and 127.0.0.1. All PEM. */
export interface Certificate {
  ca: string;
  certificate: string;
  key: string;
}

const yearMs = 365 * 24 * 3_600_000;

/** Makes both. Keeps no key of the authority, so that it can sign nothing else. */
export async function makeCertificate(): Promise<Certificate> {
  const common = {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() - 24 * 3_600_000),
    notAfterDate: new Date(Date.now() + 10 * yearMs),
  } as const;
  // A unique name: a client that trusts two authorities of one name checks signatures with the wrong key.
  const name = `timely-sync sandbox authority ${randomBytes(4).toString('hex')}`;
  const authority = await generate([{ name: 'commonName', value: name }], {
    ...common,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const server = await generate([{ name: 'commonName', value: 'localhost' }], {
    ...common,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  return { ca: authority.cert, certificate: server.cert, key: server.private };
}
