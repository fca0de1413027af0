/** Markdown as a reader sees it: CommonMark with GitHub's extensions, which are more than Temporal's UI reads. */
import fc from 'fast-check';
import { lexer, parseInline, type Token, walkTokens } from 'marked';

/** Texts of what Markdown gives a meaning. */
export const markdownish = fc.string({
  unit: fc.constantFrom(...'#*_`[]()<>!|~\\&;:/.-+=$1a \n\t@"\'', 'www.', 'https://', 'mailto:'),
});

/** Kinds of parts that one line of plain text has. */
const plainParts = ['paragraph', 'text', 'escape'];

/** Returns the parts of a text that are more than plain text, `kind: source` each. */
export function markedParts(markdown: string): string[] {
  const found: string[] = [];
  void walkTokens(lexer(markdown), (token: Token) => {
    // Addresses that stand for themselves lead where they say.
    const isAddress = token.type === 'link' && token.href === `mailto:${token.text}`;
    if (!plainParts.includes(token.type) && !isAddress) found.push(`${token.type}: ${token.raw}`);
  });
  return found;
}

const entities: Record<string, string> = {
  '&lt;': '<',
  '&gt;': '>',
  '&amp;': '&',
  '&quot;': '"',
  '&#39;': "'",
  '&#36;': '$',
  '&#61;': '=',
};

/** Returns the text that a reader sees of one line of Markdown. */
export const readText = (markdown: string): string =>
  String(parseInline(markdown))
    .replace(/<a href="mailto:[^"]*">|<\/a>/g, '')
    .replace(/&(?:lt|gt|amp|quot|#\d+);/g, (entity) => entities[entity] ?? entity);
