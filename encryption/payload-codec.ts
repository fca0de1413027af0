/**
 * Encrypts what Temporal keeps with AES-256-GCM. Each encrypted payload names its key, so that keys can be replaced while
 * workflows run. A payload that is not encrypted is read as it is: histories from before the first key, and answers that a
 * person types into Temporal's UI.
 */
import type { DataConverter, Payload, PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto';
import type { PayloadKey } from '../config/payload-keys.ts';
import { ConfigurationError } from '../domain/errors.ts';
import { decryptBytes, encryptBytes } from './aes-gcm.ts';

const { Payload: PayloadMessage } = proto.temporal.api.common.v1;

const encryptedEncoding = 'binary/encrypted';
const encodingKey = 'encoding';
const keyIdKey = 'encryption-key-id';

/** The codec of workers and commands. Without keys it encrypts nothing, and says what is missing to read what is encrypted. */
export class EncryptionCodec implements PayloadCodec {
  readonly #keys: readonly PayloadKey[];

  constructor(keys: readonly PayloadKey[]) {
    this.#keys = keys;
  }

  async encode(payloads: Payload[]): Promise<Payload[]> {
    const [current] = this.#keys;
    return current === undefined ? payloads : payloads.map((payload) => encryptPayload(payload, current));
  }

  /** @throws ConfigurationError when a key is missing, or a payload was changed */
  async decode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => (isEncrypted(payload) ? this.#decrypted(payload) : payload));
  }

  #decrypted(payload: Payload): Payload {
    const id = textOf(payload.metadata?.[keyIdKey]);
    const found = this.#keys.find((key) => key.id === id);
    if (!found) {
      throw new ConfigurationError(
        `Temporal's data is encrypted with the payload key ${JSON.stringify(id.slice(0, 40))}, which is not known here.`,
        { remedy: 'Set TIMELY_SYNC_PAYLOAD_KEY to the value that the workers have.' },
      );
    }
    const bytes = decryptBytes(Buffer.from(payload.data ?? []), found.key, Buffer.from(id));
    if (bytes !== null) return PayloadMessage.decode(bytes);
    throw new ConfigurationError(
      `Data of Temporal does not fit the payload key ${JSON.stringify(id)}: it was encrypted with another key of this id, or changed.`,
      { remedy: 'Give each key an id of its own in TIMELY_SYNC_PAYLOAD_KEY.' },
    );
  }
}

/** The part of a data converter that clients need: they read failures, and make none. */
export const clientDataConverter = (keys: readonly PayloadKey[]): DataConverter => ({
  payloadCodecs: [new EncryptionCodec(keys)],
});

function encryptPayload(payload: Payload, { id, key }: PayloadKey): Payload {
  return {
    metadata: { [encodingKey]: Buffer.from(encryptedEncoding), [keyIdKey]: Buffer.from(id) },
    data: encryptBytes(PayloadMessage.encode(payload).finish(), key, Buffer.from(id)),
  };
}

const isEncrypted = ({ metadata }: Payload) => textOf(metadata?.[encodingKey]) === encryptedEncoding;

const textOf = (bytes: Uint8Array | null | undefined) => Buffer.from(bytes ?? []).toString('utf8');
