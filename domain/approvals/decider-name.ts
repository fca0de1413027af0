/** Who decides, as typed: two approvers are two people, so no letter may only look like another one (docs/reference/rules.md section 6). */
import { addressKey, usableAddress } from '../people/address.ts';
import { terminalText } from '../shown-text.ts';

/**
 * ASCII, because letters that look alike exist within one script too. No quotes and brackets, which end a word: no part of an
 * address may be another one.
 */
const plainAddress = /^(?!')[\w.!#$%&'*+/=?^`{|}~-]+@[ -~]+$/;
/** Scripts whose letters look like those of another one of them. Others do not mix by mistake, and Japanese mixes three. */
const lookalikeScripts = [/\p{Script=Latin}/u, /\p{Script=Cyrillic}/u, /\p{Script=Greek}/u];
const otherLookalikes = /\p{Script=Armenian}|\p{Script=Cherokee}|\p{Script=Coptic}|\p{Script=Lisu}/u;

/** What an address of a person who decides has to be, as the end of a sentence. */
export const deciderAddressRule =
  'must be a plain e-mail address in ASCII, because other letters can look like them; write a domain with other letters as xn--…';

/** Whether an address can say who decides. */
export const isDeciderAddress = (address: string): boolean =>
  plainAddress.test(address) && usableAddress(address) !== null;

/** Words of a name, as in `Bo Example <bo@contoso.example>`. An apostrophe may be part of a word. */
const wordsOf = (name: string): string[] =>
  name.split(/[\s<>()[\],;"]+/).map((word) => word.replace(/^'|'$/g, '').replace(/^(?:mailto|smtp):/i, ''));

/** Returns the addresses in a decider's name, for comparisons. */
export const addressesIn = (name: string): string[] =>
  wordsOf(name.normalize('NFKC'))
    .filter((word) => /.@./.test(word))
    .map(addressKey);

/** What is wrong with the name or address of the person who decides, in a sentence for that person; null when it is valid. */
export function problemWithDecider(by: string): string | null {
  if (terminalText(by) !== by || by.includes('\n'))
    return '"by" holds characters that cannot be seen: type the name or the address by hand.';
  for (const word of wordsOf(by)) {
    if (word.normalize('NFKC').includes('@')) {
      if (!isDeciderAddress(word)) return `The address in "by" ${deciderAddressRule}.`;
    } else if (mixesScripts(word)) {
      return '"by" has a word that mixes scripts, such as Latin and Cyrillic letters: type it in one of them.';
    }
  }
  return null;
}

function mixesScripts(word: string): boolean {
  const found = lookalikeScripts.filter((script) => script.test(word)).length;
  return found > 1 || (found === 1 && otherLookalikes.test(word));
}

/** Returns one key for all addresses of a mailbox: plus addressing (`bo+tag@…`) reaches the same one as `bo@…`. */
export const mailboxKey = (address: string): string =>
  addressKey(address).replace(/^([^+@]+)\+[^@]*@/, '$1@');
