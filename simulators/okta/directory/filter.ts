/** Filters of lists: comparisons joined by `and`, `or` and parentheses (docs/reference/okta.md section 6). */
import { SimulatedRefusal, type SimulatedResponse } from '../../simulated-response.ts';

type Test = (value: string) => boolean;
export type ItemTest<Item> = (item: Item) => boolean;

export interface FilterRules<Item> {
  /** Operators that an attribute takes; null: the attribute is unknown. */
  operators(attribute: string): readonly string[] | null;
  /** Values of an attribute; one that fits is enough. */
  valuesOf(item: Item, attribute: string): string[];
  refuse(): SimulatedResponse;
}

export const timeOperators = ['eq', 'gt', 'ge', 'lt', 'le'] as const;

const tokenPattern = /\s*(?:([()])|"((?:[^"\\]|\\.)*)"|([^\s()"]+))/y;

interface Token {
  text: string;
  isQuoted: boolean;
}

/** Returns the test of a filter. @throws SimulatedRefusal when it is badly formed or not allowed */
export function parseFilter<Item>(filter: string, rules: FilterRules<Item>): ItemTest<Item> {
  const refuse = (): never => {
    throw new SimulatedRefusal(rules.refuse());
  };
  const tokens = tokenize(filter) ?? refuse();
  let position = 0;
  const isWord = (word: string) => !tokens[position]?.isQuoted && tokens[position]?.text === word;
  const next = (): Token => tokens[position++] ?? refuse();

  const joined = (word: 'or' | 'and', part: () => ItemTest<Item>): ItemTest<Item> => {
    const parts = [part()];
    while (isWord(word)) {
      position += 1;
      parts.push(part());
    }
    return word === 'or'
      ? (item) => parts.some((test) => test(item))
      : (item) => parts.every((test) => test(item));
  };
  const either = (): ItemTest<Item> => joined('or', () => joined('and', single));
  const single = (): ItemTest<Item> => {
    if (!isWord('(')) return comparison();
    position += 1;
    const inner = either();
    if (!isWord(')')) refuse();
    position += 1;
    return inner;
  };
  const comparison = (): ItemTest<Item> => {
    const [attribute, operator, value] = [next().text, next().text, next()];
    if (!rules.operators(attribute)?.includes(operator)) refuse();
    const test = value.isQuoted ? testOf(operator, value.text) : refuse();
    return (item) => rules.valuesOf(item, attribute).some(test);
  };

  const test = either();
  return position === tokens.length ? test : refuse();
}

function tokenize(filter: string): Token[] | null {
  const tokens: Token[] = [];
  const text = filter.trim();
  tokenPattern.lastIndex = 0;
  while (tokenPattern.lastIndex < text.length) {
    const match = tokenPattern.exec(text);
    if (!match) return null;
    const [, parenthesis, quoted, word] = match;
    const isQuoted = quoted !== undefined;
    tokens.push({ text: isQuoted ? quoted.replace(/\\(.)/g, '$1') : (parenthesis ?? word ?? ''), isQuoted });
  }
  return tokens;
}

/** Compares with case. Order is that of times where both are times. */
function testOf(operator: string, wanted: string): Test {
  const order = (value: string) => {
    const [left, right] = [Date.parse(value), Date.parse(wanted)];
    return Number.isNaN(left) || Number.isNaN(right) ? value.localeCompare(wanted) : left - right;
  };
  const tests: Record<string, Test> = {
    eq: (value) => value === wanted,
    sw: (value) => value.startsWith(wanted),
    co: (value) => value.includes(wanted),
    gt: (value) => order(value) > 0,
    ge: (value) => order(value) >= 0,
    lt: (value) => order(value) < 0,
    le: (value) => order(value) <= 0,
  };
  return tests[operator] ?? (() => false);
}
