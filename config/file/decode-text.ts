import { isUtf8 } from 'node:buffer';
import { ConfigurationError } from '../../domain/errors.ts';

const newLine = 0x0a;

/**
 * The text of a file. A byte order mark in front of it is left out.
 * @throws ConfigurationError for bytes that are not UTF-8 or are NUL, with the first line that has them
 */
export function decodeText(bytes: Uint8Array, fileName: string): string {
  const utf16 = [0xfffe, 0xfeff].includes(((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0));
  if (!utf16 && isUtf8(bytes) && !bytes.includes(0)) return new TextDecoder().decode(bytes);
  const where = utf16 ? ' is UTF-16' : `, line ${firstBadLine(bytes)}: this is not UTF-8`;
  throw new ConfigurationError(`${fileName}${where}.`, {
    remedy: 'Save it as UTF-8: other encodings would turn names and addresses into other ones.',
  });
}

/** No character of UTF-8 but the line feed has its byte. */
function firstBadLine(bytes: Uint8Array): number {
  for (let start = 0, line = 1; ; line += 1) {
    const found = bytes.indexOf(newLine, start);
    const end = found < 0 ? bytes.length : found;
    const part = bytes.subarray(start, end);
    if (found < 0 || !isUtf8(part) || part.includes(0)) return line;
    start = end + 1;
  }
}
