/** A requirement of set-up is missing. The message says what happened and what to do. */
export class SetupError extends Error {}

/** Causes that look the same in the output of any program: the sign to look for, and the message. */
const knownCauses = [
  {
    sign: /ENOSPC|EDQUOT|no space left on device|disk quota exceeded/i,
    sentence: 'The disk is full: free some space (1 GB is enough) and run the command again.',
  },
  {
    sign: /EACCES|EPERM|EROFS|permission denied|read-only file system/i,
    sentence:
      'A file or folder of this checkout cannot be written: correct its permissions, or clone the project elsewhere.',
  },
  {
    sign: /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT|ENOTCACHED|NewConnectionError|name resolution|failed to establish a new connection/i,
    sentence:
      'The package registry cannot be reached: connect to the network (or set its proxy) and run the command again.',
  },
  {
    sign: /SELF_SIGNED_CERT|UNABLE_TO_(GET|VERIFY)|CERT_HAS_EXPIRED|certificate verify failed/i,
    sentence:
      'The certificate of the package registry is not trusted: set NODE_EXTRA_CA_CERTS to the authority of your network.',
  },
];

/**
 * Returns the message for a common cause (disk, permissions, network), or null when the text shows none.
 * @param {string} text the output of a program that failed
 * @returns {string | null}
 */
export function sentenceFor(text) {
  const known = knownCauses.find(({ sign }) => sign.test(text));
  return known === undefined ? null : known.sentence;
}

/**
 * Returns the message for a failed set-up.
 * @param {unknown} error
 * @returns {string}
 */
export function explain(error) {
  if (error instanceof SetupError) return error.message;
  const text = error instanceof Error ? `${error.code || ''} ${error.message}` : String(error);
  return sentenceFor(text) || `Set-up failed: ${text.trim().split('\n')[0]}`;
}
