/** JSON from outside: every text in it is cleaned (docs/reference/rules.md section 1.8). */
import { cleanTexts } from '../domain/text.ts';

/** Nothing but printable ASCII without escapes is clean as it is. */
const mayNeedCleaning = /[^\t\n\r -~]|\\u/;

/** The parsed and cleaned JSON. @throws SyntaxError when the text is none */
export function readJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  return mayNeedCleaning.test(text) ? cleanTexts(value) : value;
}

/** The same; undefined when the text is no JSON, such as a page of a proxy or a response that was cut off. */
export function jsonOrUndefined(text: string): unknown {
  try {
    return readJson(text);
  } catch {
    return undefined;
  }
}
