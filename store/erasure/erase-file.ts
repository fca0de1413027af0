/** Takes a person out of an old tenant file, which stays a valid one: approvals that it opened are still shown by its terms. */
import { erasedText, type Named } from '../../domain/journal/mentions.ts';
import { addressKey } from '../../domain/people/address.ts';
import { foldText } from '../../domain/text.ts';

/** The file without the person; the same object when it does not name them. `address` stands where theirs stood. */
export function eraseFromFile(file: unknown, person: Named, address: string): unknown {
  const addresses = new Set(person.addresses.map(addressKey));
  const names = new Set(person.names.map(foldText));
  const isTheirs = (text: string) => addresses.has(addressKey(text)) || text === person.id;
  const erase = (value: unknown, field: string): unknown => {
    if (typeof value === 'string') {
      if (isTheirs(value)) return address;
      return field === 'displayName' && names.has(foldText(value)) ? erasedText : value;
    }
    if (Array.isArray(value)) {
      const erased = value.map((entry) => erase(entry, field));
      return erased.some((entry, index) => entry !== value[index]) ? erased : value;
    }
    if (typeof value !== 'object' || value === null) return value;
    const before = Object.entries(value);
    // `names.instead` has addresses as its keys.
    const kept = field === 'instead' ? before.filter(([key]) => !isTheirs(key)) : before;
    const after = kept.map(([key, entry]) => [key, erase(entry, key)] as const);
    const isSame =
      kept.length === before.length && after.every(([, entry], index) => entry === kept[index]?.[1]);
    return isSame ? value : Object.fromEntries(after);
  };
  return erase(file, '');
}
