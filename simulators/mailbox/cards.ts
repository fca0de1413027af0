/** What people see of cards: the texts of an Adaptive Card of Teams, and of Slack's blocks. */
import { isRecord } from '../simulated-response.ts';
import type { NewMessage } from './messages.ts';

type Link = NewMessage['links'][number];

/** Returns the message in a body that was posted to a webhook of Teams. */
export function teamsCard(body: unknown): NewMessage {
  const [title = '', ...lines] = paragraphs(body);
  return { channel: 'Teams', to: [], title, text: lines.join('\n'), links: openUrlActions(body) };
}

/** Runs of one paragraph are one line. */
function paragraphs(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(paragraphs);
  if (!isRecord(node)) return [];
  if (node.type === 'RichTextBlock' && Array.isArray(node.inlines))
    return [node.inlines.map((run) => (isRecord(run) ? String(run.text ?? '') : String(run))).join('')];
  if (node.type === 'TextBlock') return [String(node.text ?? '')];
  return ['attachments', 'content', 'body', 'items'].flatMap((name) => paragraphs(node[name]));
}

function openUrlActions(node: unknown): Link[] {
  if (Array.isArray(node)) return node.flatMap(openUrlActions);
  if (!isRecord(node)) return [];
  if (node.type === 'Action.OpenUrl') return [{ title: String(node.title), url: String(node.url) }];
  return Object.values(node).flatMap(openUrlActions);
}

/** Returns the message in a body that was posted to a webhook of Slack. */
export function slackCard(body: unknown): NewMessage {
  const [title = '', ...texts] = slackTexts(isRecord(body) ? body.blocks : []);
  const links: Link[] = [];
  const lines = texts.map((text) =>
    text.replace(/<([^|>]+)\|([^>]+)>/g, (_, url: string, name: string) => {
      links.push({ title: plain(name), url: plain(url) });
      return '';
    }),
  );
  const text = lines.map((line) => plain(line).trim()).filter((line) => line !== '');
  return { channel: 'Slack', to: [], title: plain(title), text: text.join('\n'), links };
}

function slackTexts(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(slackTexts);
  if (!isRecord(node)) return [];
  if (typeof node.text === 'string') return [node.text];
  return [...slackTexts(node.text), ...slackTexts(node.elements), ...buttons(node)];
}

/** A button with an address, in the form of a link. */
const buttons = ({ type, url, text }: Record<string, unknown>): string[] =>
  type === 'button' && typeof url === 'string' && isRecord(text) ? [`<${url}|${String(text.text)}>`] : [];

const plain = (text: string) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
