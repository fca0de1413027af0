/** The certificate that the system signs in with, by mutual TLS. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { ConfigurationError, ConsentNeededError } from '../../../domain/errors.ts';

export const newCertificateRemedy =
  'Make a new certificate, give it to the system in the administration console of SAP, and put it where source.credential.certificate points.';

/** When the certificate ends. @throws ConfigurationError when the text has no certificate with its key. It never quotes the text. */
export function certificateEnd(pem: string): Date {
  try {
    const certificate = new X509Certificate(pem);
    if (certificate.checkPrivateKey(createPrivateKey(pem))) return new Date(certificate.validTo);
  } catch {
    throw unusable('holds no certificate with an unencrypted private key');
  }
  throw unusable('holds a private key that does not belong to its first certificate');
}

/** @throws ConsentNeededError when the certificate has ended: it is not even shown then */
export function requireValid(endsAt: Date): void {
  if (endsAt.getTime() > Date.now()) return;
  throw new ConsentNeededError(`The client certificate ended on ${endsAt.toISOString().slice(0, 10)}.`, {
    remedy: newCertificateRemedy,
  });
}

const unusable = (what: string) =>
  new ConfigurationError(`source.credential.certificate ${what}.`, {
    remedy:
      'Point it to a PEM text with the certificate first and its private key, unencrypted. docs/sap.md shows how to turn a .p12 into one.',
  });
