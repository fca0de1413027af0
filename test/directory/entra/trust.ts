import tls from 'node:tls';

/**
 * Makes this process trust one more certificate (PEM). NODE_EXTRA_CA_CERTS does that for other processes, but Node.js
 * reads it at the start only, and Node 20 has no call for it.
 */
export function trust(certificate: string): void {
  const createSecureContext = tls.createSecureContext;
  tls.createSecureContext = (options) => {
    const secure = createSecureContext(options);
    secure.context.addCACert(certificate);
    return secure;
  };
}
