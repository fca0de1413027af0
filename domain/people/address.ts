/** Which e-mail addresses are usable, and how addresses and domains are compared (docs/reference/rules.md section 2.3). */

import { foldText } from '../text.ts';

/** Printable ASCII. Timely matches people by address, so that no letter may only look like another one. */
const localPart = /^[!-?A-~]+$/;
const asciiDomain = /^(?:[-a-z0-9]+\.)+(?:[a-z]{2,}|xn--[-a-z0-9]+)$/;
/** As most are: it goes out as it is, unless its domain is in Punycode. */
const plainAddress = /^[!-?A-~]+@(?:[-a-z0-9]+\.)+[a-z]{2,}$/;
/** Of any domain (RFC 1035); decoding a longer one takes its time. */
const domainMax = 253;
/** Anything else in ASCII would be syntax to `URL`. Format characters (zero-width, soft hyphen) are not visible. */
const domainSyntax = /^(?:[-.a-z0-9]|(?!\p{Cf})[\u{80}-\u{10ffff}])+$/u;

/**
 * Returns the form of an address that goes out: without outer blanks, its domain in ASCII and in lower case
 * (docs/reference/timely-api.md section 2.4). Returns null when the address is not usable.
 */
export function usableAddress(address: string): string | null {
  if (address.length <= domainMax && plainAddress.test(address) && !address.includes('xn--')) return address;
  // U+FEFF is a blank to JavaScript, and not visible like the other characters of no width.
  const trimmed = address.includes('\ufeff') ? address : address.trim();
  const at = trimmed.lastIndexOf('@');
  if (!localPart.test(trimmed.slice(0, Math.max(at, 0)))) return null;
  const domain = domainInAscii(trimmed.slice(at + 1));
  if (domain === null) return null;
  const usable = trimmed.slice(0, at + 1) + domain;
  // Returning the same string saves memory: verdicts keep one address per person.
  return usable === address ? address : usable;
}

/**
 * Returns the ASCII form of a domain by UTS 46; null when it has none, or when that form does not turn back into exactly
 * what was written, ASCII capitals aside: then another domain is written that looks alike.
 */
export function domainInAscii(domain: string): string | null {
  const written = domain.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  if (written.length > domainMax) return null;
  const isPlain = asciiDomain.test(written);
  if (isPlain && !written.includes('xn--')) return written;
  if (!domainSyntax.test(written) || !URL.canParse(`https://${written}`)) return null;
  const ascii = new URL(`https://${written}`).hostname;
  if (!ascii.split('.').every(isMeaningful)) return null;
  if (isPlain) return ascii === written ? written : null;
  const labels = ascii.split('.');
  const turnedBack = written
    .split('.')
    .map((label, index) => (isAscii(label) ? labels[index] : decodeLabel(labels[index] ?? '')));
  return asciiDomain.test(ascii) && turnedBack.join('.') === written ? ascii : null;
}

/** Returns the form of an address for comparisons: `ada@MÜLLER.example` cannot go out, but still means an address. */
export function addressKey(address: string): string {
  const usable = usableAddress(address);
  if (usable !== null) return foldText(usable);
  const folded = foldText(address);
  return usableAddress(folded) ?? folded;
}

/**
 * Returns the form of an address for matching people with Timely users. Other than `addressKey` it never makes two addresses
 * equal that only look alike: a match gives somebody an account, and nobody is kept out by it.
 */
export function matchKey(address: string): string {
  const usable = usableAddress(address);
  return usable === null ? address : foldText(usable);
}

/** Whether two addresses are one to Timely. */
export const isSameAddress = (one: string, other: string): boolean =>
  one === other || matchKey(one) === matchKey(other);

/** Returns the form of a domain for comparisons. */
export const domainKey = (domain: string): string => domainInAscii(foldText(domain)) ?? foldText(domain);

const isAscii = (text: string) => /^[ -~]*$/.test(text);

/**
 * Whether a label in Punycode stands for letters that turn into it again. Node 24 no longer looks into one that comes alone:
 * its `URL` takes `xn--a` as it is.
 */
function isMeaningful(label: string): boolean {
  if (!label.startsWith('xn--')) return true;
  const address = `https://${decodeLabel(label)}.example`;
  return (
    address !== `https://${label}.example` &&
    URL.canParse(address) &&
    new URL(address).hostname === `${label}.example`
  );
}

/** Parameters of Punycode (RFC 3492 section 5). */
const [base, thresholdMin, thresholdMax, skew, damp, biasAtFirst, codeAtFirst] = [
  36, 1, 26, 38, 700, 72, 128,
];
const digits = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Returns what a label stands for (RFC 3492 section 6.2), or the label itself where it stands for nothing. */
function decodeLabel(label: string): string {
  if (!label.startsWith('xn--')) return label;
  const encoded = label.slice(4);
  const separator = encoded.lastIndexOf('-');
  const codes = Array.from(encoded.slice(0, Math.max(separator, 0)), (letter) => letter.charCodeAt(0));
  let [code, place, bias] = [codeAtFirst, 0, biasAtFirst];
  for (let at = separator + 1; at < encoded.length; ) {
    const before = place;
    for (let weight = 1, step = base; ; step += base) {
      const digit = digits.indexOf(encoded.charAt(at));
      at += 1;
      place += digit * weight;
      const threshold = Math.min(Math.max(step - bias, thresholdMin), thresholdMax);
      if (digit < threshold || at >= encoded.length) break;
      weight *= base - threshold;
    }
    const count = codes.length + 1;
    bias = adaptedBias(place - before, count, before === 0);
    code += Math.floor(place / count);
    place %= count;
    codes.splice(place, 0, code);
    place += 1;
  }
  return codes.every((each) => each <= 0x10ffff) ? String.fromCodePoint(...codes) : label;
}

function adaptedBias(delta: number, count: number, isFirst: boolean): number {
  let rest = Math.floor(delta / (isFirst ? damp : 2));
  rest += Math.floor(rest / count);
  let steps = 0;
  for (; rest > ((base - thresholdMin) * thresholdMax) / 2; steps += base) {
    rest = Math.floor(rest / (base - thresholdMin));
  }
  return steps + Math.floor(((base - thresholdMin + 1) * rest) / (rest + skew));
}
