import { LineCounter, parseDocument, type YAMLParseError } from 'yaml';
import type { z } from 'zod';
import { ConfigurationError } from '../domain/errors.ts';
import { cleanTexts, formatCount } from '../domain/text.ts';
import { fileTextMax, requireWithinLimits } from './data-limits.ts';
import { keyLengthMax } from './schema-parts.ts';
import { tenantSchema } from './tenant-schema.ts';

/**
 * A validated tenant: defaults filled in, lists where the file may have one value, secrets as references. Plain JSON.
 */
export type TenantFile = z.output<typeof tenantSchema>;

/**
 * Parses the text of a tenant file.
 * @throws ConfigurationError with the place of a YAML mistake, or with every problem of the content
 */
export function parseTenantFile(text: string, fileName: string): TenantFile {
  return check(readYaml(text, fileName), fileName);
}

/**
 * Validates a tenant file that arrived as data. It accepts its own results and leaves them unchanged.
 * @throws ConfigurationError with every problem, as `path: what is wrong, what is allowed`
 */
export function validateTenantFile(value: unknown): TenantFile {
  return check(value, 'The tenant file');
}

/** Enough to correct; a file with more has the same mistake in many places. */
const problemsShown = 20;

function check(value: unknown, title: string): TenantFile {
  requireWithinLimits(value, title);
  const result = tenantSchema.safeParse(withoutEmptyKeys(plainData(value, title)), { error: problemText });
  if (result.success) return result.data;
  const { issues } = result.error;
  const problems = issues.slice(0, problemsShown).map((issue) => `${pathText(issue.path)}: ${issue.message}`);
  if (issues.length > problems.length) problems.push(`… and ${issues.length - problems.length} more`);
  throw new ConfigurationError(`${title} has ${formatCount(issues.length, 'problem', 'problems')}:`, {
    problems,
    remedy: 'Correct the tenant file; docs/tenant-file.md lists every key.',
  });
}

function readYaml(text: string, fileName: string): unknown {
  const lines = new LineCounter();
  const refuse = (where: string, what: string) =>
    new ConfigurationError(`${fileName}${where}: this is not valid YAML (${what}).`, {
      remedy: 'Correct the YAML; an editor that knows YAML shows the place.',
    });
  if (text.length > fileTextMax) {
    throw new ConfigurationError(`${fileName} has more than ${fileTextMax} characters.`, {
      remedy: 'Make it smaller: a group of the directory can hold any number of people.',
    });
  }
  let mistake: YAMLParseError | undefined;
  try {
    const document = parseDocument(text, { prettyErrors: false, lineCounter: lines, logLevel: 'silent' });
    mistake = document.errors[0];
    if (mistake === undefined) return document.toJS();
  } catch {
    throw refuse('', 'an alias, *name, has no anchor or expands too far');
  }
  const { line, col } = lines.linePos(mistake.pos[0]);
  // The parser's own message quotes the text, which may be a secret; its code does not.
  throw refuse(`, line ${line}, column ${col}`, mistake.code.toLowerCase().replaceAll('_', ' '));
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

function pathText(path: readonly PropertyKey[]): string {
  const text = path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step).slice(0, keyLengthMax)}`))
    .join('');
  return text.replace(/^\./, '') || 'the file';
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

/** What is wrong, in the words of the file. It never repeats a value, which may be a secret in the wrong place. */
function problemText(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type': {
      const allowed = `must be ${typeWords[issue.expected] ?? issue.expected}`;
      if (issue.input === undefined) return `is missing, ${allowed}`;
      return issue.expected === 'string' && typeof issue.input !== 'object'
        ? `${allowed}: put it in quotes`
        : allowed;
    }
    case 'invalid_value':
      return `${issue.input === undefined ? 'is missing, ' : ''}must be ${issue.values.map(String).join(' | ')}`;
    case 'invalid_union':
      return 'options' in issue && Array.isArray(issue.options)
        ? `must be ${issue.options.map(String).join(' | ')}`
        : undefined;
    case 'too_small':
      return issue.origin === 'number' || issue.origin === 'int'
        ? `must be ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}`
        : 'must not be empty';
    case 'too_big':
      return `must be at most ${issue.maximum}`;
    case 'invalid_key':
      return 'must be the name of a directory attribute';
    default:
      return undefined;
  }
}
