/** A mistyped tenant file is refused in a sentence, or accepted and unchanged when it is read again. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseTenantFile, type TenantFile, validateTenantFile } from '../../config/tenant-file.ts';
import { ConfigurationError } from '../../domain/errors.ts';
import { exampleData, exampleText } from '../config/example.ts';
import { runs } from './inputs.ts';

/** The file, or null when it was refused with a ConfigurationError. Any other error is thrown. */
function acceptedOrRefused(read: () => TenantFile): TenantFile | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof ConfigurationError) return null;
    throw error;
  }
}

function expectStable(file: TenantFile | null): void {
  if (file === null) return;
  const text = JSON.stringify(file);
  expect(JSON.stringify(validateTenantFile(JSON.parse(text)))).toBe(text);
}

const isContainer = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** Every place inside a value, as its container and key. */
function places(value: unknown): { holder: Record<string, unknown>; key: string }[] {
  if (!isContainer(value)) return [];
  return Object.keys(value).flatMap((key) => [{ holder: value, key }, ...places(value[key])]);
}

const anything = fc.anything({ withDate: true, withBigInt: true, withNullPrototype: true, maxDepth: 2 });
const placeCount = places(exampleData()).length;

test('the example with any value at any place is accepted and stable, or refused', () => {
  fc.assert(
    fc.property(fc.nat(placeCount - 1), fc.oneof(anything, fc.string(), fc.integer()), (index, value) => {
      const data = exampleData();
      const place = places(data)[index];
      if (place) place.holder[place.key] = value;
      expectStable(acceptedOrRefused(() => validateTenantFile(data)));
    }),
    runs(),
  );
});

const keysOf = (value: unknown) => places(value).filter(({ holder }) => !Array.isArray(holder));
const keyCount = keysOf(exampleData()).length;

test('the example with any key renamed or removed is accepted and stable, or refused', () => {
  fc.assert(
    fc.property(fc.nat(keyCount - 1), fc.option(fc.string()), (index, newKey) => {
      const data = exampleData();
      const place = keysOf(data)[index];
      if (place) {
        const value = place.holder[place.key];
        delete place.holder[place.key];
        // Defined, not assigned: in YAML `__proto__` is an ordinary key.
        if (newKey !== null) Object.defineProperty(place.holder, newKey, { value, enumerable: true });
      }
      expectStable(acceptedOrRefused(() => validateTenantFile(data)));
    }),
    runs(),
  );
});

test('the text of the example with any part replaced is accepted and stable, or refused', () => {
  const yamlish = fc.string({ unit: fc.constantFrom(...' \n\t:-#&*!|>{}[],"\'%@`?a0~'), maxLength: 6 });
  fc.assert(
    fc.property(fc.nat(exampleText.length), fc.nat(8), yamlish, (start, length, insert) => {
      const text = exampleText.slice(0, start) + insert + exampleText.slice(start + length);
      expectStable(acceptedOrRefused(() => parseTenantFile(text, 'tenant.yaml')));
    }),
    runs(0.25),
  );
});

test('a literal secret of any form is refused, and its text appears in no message', () => {
  const secret = fc.stringMatching(/^[!-~]{12,24}$/).filter((text) => !/^(env|file):/.test(text));
  fc.assert(
    fc.property(secret, (text) => {
      const file = exampleText.replace('env:TENANT_CONTOSO_ENTRA_SECRET', () => text);
      expect(() => parseTenantFile(file, 'tenant.yaml')).toThrow(ConfigurationError);
      try {
        parseTenantFile(file, 'tenant.yaml');
      } catch (error) {
        expect(String(error)).not.toContain(text);
      }
    }),
    runs(0.25),
  );
});
