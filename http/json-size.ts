/** The size of a JSON text while its bytes arrive. */

/** What one body may hold at most: parsing it keeps a worker from all its tenants. */
export interface BodyLimits {
  bytes: number;
  /** Values, roughly: it counts what separates them, and eight bytes beyond ASCII as one more, because they are cleaned. */
  values: number;
}

/** More than any page of a directory or of Timely's users has, and parsed within some 30 ms. */
export const pageLimits: BodyLimits = { bytes: 4 * 1024 * 1024, values: 60_000 };

/** A team comes with all its members: one of 100,000 has 400,000 values, and a page has several teams. */
export const teamLimits: BodyLimits = { bytes: 32 * 1024 * 1024, values: 1_000_000 };

/** In eighths of a value. */
const weights = { value: 8, escape: 2, beyondAscii: 1 };

/** Lists and mappings inside each other. No service has ten. */
const depthMax = 64;

const [quote, backslash, comma] = ['"', '\\', ','].map((sign) => sign.charCodeAt(0));
const [brace, bracket, closingBrace, closingBracket] = ['{', '[', '}', ']'].map((sign) => sign.charCodeAt(0));

/** Counts bytes, values and depth. It checks nothing else: whether the text is JSON shows when it is parsed. */
export class JsonSize {
  readonly #limits: BodyLimits;
  #bytes = 0;
  #weight = 0;
  #depth = 0;
  #isInText = false;
  #isEscaped = false;

  constructor(limits: BodyLimits) {
    this.#limits = limits;
  }

  /** Takes the next bytes. @returns whether all of them together stay within the limits */
  take(bytes: Uint8Array): boolean {
    this.#bytes += bytes.length;
    for (const byte of bytes) {
      if (this.#isInText) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (byte === backslash) {
          this.#isEscaped = true;
          this.#weight += weights.escape;
        } else if (byte > 127) this.#weight += weights.beyondAscii;
        else if (byte === quote) this.#isInText = false;
        continue;
      }
      if (byte === quote) this.#isInText = true;
      else if (byte === comma) this.#weight += weights.value;
      else if (byte === brace || byte === bracket) {
        this.#weight += weights.value;
        this.#depth += 1;
        if (this.#depth > depthMax) return false;
      } else if (byte === closingBrace || byte === closingBracket) this.#depth -= 1;
    }
    return this.#bytes <= this.#limits.bytes && this.#weight <= this.#limits.values * weights.value;
  }
}
