/** What is wrong with the content of a tenant file, in the words of the file. */
import type { z } from 'zod';
import { oneLine } from '../../domain/shown-text.ts';
import { nearestWord } from '../schema-parts.ts';
import { keyLengthMax } from './read-yaml.ts';

/** A path as messages about lines of the file have it, lines counted from 1: `scope.include 2 until`. */
export function pathText(path: readonly PropertyKey[]): string {
  const text = path.reduce<string>((before, step, index) => {
    if (typeof step === 'number') return `${before} ${step + 1}`;
    const separator = index === 0 ? '' : typeof path[index - 1] === 'number' ? ' ' : '.';
    return `${before}${separator}${String(step).slice(0, keyLengthMax)}`;
  }, '');
  return text || 'the file';
}

const typeWords: Record<string, string> = {
  string: 'text',
  array: 'a list',
  object: 'a mapping of keys',
  record: 'a mapping of keys',
  boolean: 'true or false',
  number: 'a number',
  int: 'a whole number',
};

/** What is allowed, with the nearest allowed word. */
export function problemText(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type': {
      const allowed = `must be ${typeWords[issue.expected] ?? issue.expected}`;
      if (issue.input === undefined) return `is missing, ${allowed}`;
      if (issue.expected === 'string' && typeof issue.input !== 'object')
        return `${allowed}: put it in quotes`;
      return isQuotedNumber(issue.input) && /^(int|number)$/.test(issue.expected)
        ? `${allowed}: leave out the quotes`
        : allowed;
    }
    case 'invalid_value':
      return oneOfText(issue.values.map(String), issue.input);
    case 'invalid_union':
      return 'options' in issue && Array.isArray(issue.options)
        ? oneOfText(issue.options.map(String), typeIn(issue.input))
        : undefined;
    case 'too_small':
      return issue.origin === 'number' || issue.origin === 'int'
        ? `must be ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}`
        : Number(issue.minimum) > 1
          ? `must have at least ${issue.minimum} entries`
          : 'must not be empty';
    case 'too_big':
      return `must be at most ${issue.maximum}`;
    case 'invalid_key':
      return 'must be the name of a directory attribute';
    default:
      return undefined;
  }
}

const isQuotedNumber = (input: unknown) => typeof input === 'string' && /^\d+$/.test(input);

function oneOfText(allowed: readonly string[], input: unknown): string {
  const nearest = typeof input === 'string' ? nearestWord(input, allowed) : null;
  const meant = nearest === null ? '' : `, did you mean "${nearest}"?`;
  return `${input === undefined ? 'is missing, ' : ''}must be ${allowed.join(' | ')}${meant}`;
}

/** Of the mapping whose `type` decides what else it may have. */
const typeIn = (input: unknown): unknown =>
  typeof input === 'object' && input !== null && 'type' in input ? input.type : undefined;

/** Keys whose values are secrets, or addresses that may hold one: what stands there is never repeated. */
const secretPlace =
  /^(source\.(credential|eventHook|endpoints?)|target\.(application|initialRefreshToken|endpoint)|console\.signIn\.(clientSecret|issuer)|notify \d+ (teams|slack|webhook|key))\b/;

/** Longer texts without blanks that mix letters and digits may be secrets at a wrong place. */
const maybeSecret = /^(?=\S*\d)(?=\S*[A-Za-z])[^\s@]{20,}$/;
const valueLengthMax = 60;
const listShown = 5;

/** The value at a path for a message: ` (found: -1)`; empty when there is none, or when it may be a secret. */
export function foundText(data: unknown, path: readonly PropertyKey[]): string {
  const value = path.reduce<unknown>(
    (inside, step) =>
      typeof inside === 'object' && inside !== null && Object.hasOwn(inside, step)
        ? (inside as Record<PropertyKey, unknown>)[step]
        : undefined,
    data,
  );
  if (value === undefined || value === null) return '';
  if (isMapping(value)) return ` (found: ${keysText(Object.keys(value))})`;
  if (secretPlace.test(pathText(path)) || [value].flat().some(isMaybeSecret)) return '';
  if (Array.isArray(value) && (value.length > listShown || value.some(isNested)))
    return ` (found: a list of ${value.length})`;
  return ` (found: ${oneLine(JSON.stringify(value), valueLengthMax)})`;
}

/** What stands in a mapping is told by its keys. */
function keysText(keys: readonly string[]): string {
  if (keys.length === 0) return '{}';
  const shown = keys.slice(0, listShown).map((key) => oneLine(key, keyLengthMax));
  return [...shown, ...(keys.length > listShown ? ['…'] : [])].join(', ');
}

const isNested = (value: unknown) => typeof value === 'object' && value !== null;
const isMapping = (value: unknown): value is object => isNested(value) && !Array.isArray(value);
const isMaybeSecret = (value: unknown) => typeof value === 'string' && maybeSecret.test(value);
