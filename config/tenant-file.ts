import type { z } from 'zod';
import { ConfigurationError } from '../domain/errors.ts';
import { cleanTexts, formatCount } from '../domain/text.ts';
import { fileTextMax, requireWithinLimits } from './data-limits.ts';
import { foundText, pathText, problemText } from './file/problem-text.ts';
import { placeText, problemsShown, readYaml, type YamlData } from './file/read-yaml.ts';
import { tenantSchema } from './tenant-schema.ts';

/**
 * A validated tenant: defaults filled in, lists where the file may have one value, secrets as references. Plain JSON.
 */
export type TenantFile = z.output<typeof tenantSchema>;

/**
 * Parses the text of a tenant file.
 * @throws ConfigurationError with the place of a YAML mistake, or with every problem of the content and its place
 */
export function parseTenantFile(text: string, fileName: string): TenantFile {
  if (text.length > fileTextMax) {
    throw new ConfigurationError(`${fileName} has more than ${fileTextMax} characters.`, {
      remedy: 'Make it smaller: a group of the directory can hold any number of people.',
    });
  }
  const yaml = readYaml(text, fileName);
  return check(yaml.data, fileName, yaml);
}

/**
 * Validates a tenant file that arrived as data. It accepts its own results and leaves them unchanged.
 * @throws ConfigurationError with every problem, as `path: what is wrong, what is allowed (what was found)`
 */
export function validateTenantFile(value: unknown): TenantFile {
  return check(value, 'The tenant file');
}

function check(value: unknown, title: string, yaml?: YamlData): TenantFile {
  requireWithinLimits(value, title);
  const data = withoutEmptyKeys(plainData(value, title));
  const result = tenantSchema.safeParse(data, { error: problemText });
  if (result.success) return result.data;
  const issues = result.error.issues.filter(isNoConsequence);
  const problems = problemsOf(issues, data, yaml);
  if (issues.length > problems.length) problems.push(`… and ${issues.length - problems.length} more`);
  throw new ConfigurationError(`${title} has ${formatCount(issues.length, 'problem', 'problems')}:`, {
    problems,
    remedy: 'Correct the tenant file; docs/tenant-file.md lists every key.',
  });
}

/** A misspelled key is missing too: that it is misspelled says enough. */
function isNoConsequence(issue: z.core.$ZodIssue, _index: number, issues: z.core.$ZodIssue[]): boolean {
  if (issue.code !== 'custom') return true;
  const path = pathText(issue.path);
  return !issues.some(({ code, path: other }) => code === 'unrecognized_keys' && pathText(other) === path);
}

/** The first ones, from the top of the file on, with their places where the text is known. */
function problemsOf(issues: readonly z.core.$ZodIssue[], data: unknown, yaml?: YamlData): string[] {
  const sentences = issues.map((issue) => {
    const { path, message } = issue;
    const key = keyPathOf(issue);
    const sentence = `${pathText(path)}: ${message}${key ? '' : foundText(data, path)}`;
    if (!yaml) return { line: 0, column: 0, sentence };
    const place = key ? yaml.placeOfKey(key) : yaml.placeOf(path);
    return { ...place, sentence: `${placeText(place)}: ${sentence}` };
  });
  return sentences
    .sort((one, other) => one.line - other.line || one.column - other.column)
    .slice(0, problemsShown)
    .map(({ sentence }) => sentence);
}

/** The path of the key that a problem is about; null when it is about a value. */
function keyPathOf(issue: z.core.$ZodIssue): PropertyKey[] | null {
  const { path } = issue;
  if (issue.code === 'unrecognized_keys') return [...path, ...issue.keys.slice(0, 1)];
  return path.at(-2) === 'where' && ['custom', 'invalid_key'].includes(issue.code) ? path : null;
}

/** The value as JSON with clean texts. Dates become days. Numbers that JSON lacks become text, so that they are refused and not lost. */
function plainData(value: unknown, title: string): unknown {
  try {
    const json = JSON.stringify(value, function (this: Record<string, unknown>, key, entry: unknown) {
      const original = this[key];
      if (original instanceof Date) return original.toISOString().slice(0, 10);
      return typeof entry === 'number' && !Number.isFinite(entry) ? String(entry) : entry;
    });
    return cleanTexts(JSON.parse(json));
  } catch {
    throw new ConfigurationError(
      `${title} is not plain data: it is empty, refers to itself, or is nested too deeply.`,
    );
  }
}

/**
 * Drops keys without a value ("notify:" with all its lines commented out), so that they take their default. It leaves
 * lists alone: a rule that lost a condition would match more people than its author meant.
 */
function withoutEmptyKeys(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).filter(([, entry]) => entry !== null);
  return Object.fromEntries(entries.map(([key, entry]) => [key, withoutEmptyKeys(entry)]));
}
