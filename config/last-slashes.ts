/** An address without the slashes at its end. Not by a pattern: `/+$` takes quadratic time. */
export function withoutLastSlashes(address: string): string {
  let end = address.length;
  while (address[end - 1] === '/') end -= 1;
  return address.slice(0, end);
}
