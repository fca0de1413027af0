/** Slack: blocks for an incoming webhook, with a text for notifications. */

import type { Message, MessageItem } from './message.ts';
import { post } from './post.ts';

/** Slack accepts 50 blocks of 3,000 characters, and a header of 150. */
const blockLengthMax = 2_900;
const headerLengthMax = 150;

export async function sendToSlack(
  url: string,
  message: Message,
  fetch: typeof globalThis.fetch,
): Promise<void> {
  await post({ what: 'The Slack webhook', url, body: JSON.stringify(slackMessage(message)), fetch });
}

/** The message in Slack's form. What people typed is plain text, where Slack reads no mark-up and no mention. */
export function slackMessage({ title, lines, items, commands, link }: Message) {
  return {
    text: escaped(title),
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      { type: 'header', text: plain(title, headerLengthMax) },
      ...(lines.length > 0 ? [{ type: 'section', text: plain(lines.join('\n')) }] : []),
      ...items.flatMap(itemBlocks),
      ...commandBlocks(commands),
      ...linkBlocks(link),
    ],
  };
}

function itemBlocks({ title, lines, link }: MessageItem) {
  return [{ type: 'section', text: plain([title, ...lines].join('\n')) }, ...linkBlocks(link)];
}

/** Slack refuses a block without text. */
const commandBlocks = (commands: Message['commands']) =>
  commands.length === 0
    ? []
    : [{ type: 'section', text: markUp(commands.map(({ for: what, type }) => `${what}: \`${type}\``)) }];

const linkBlocks = (link: Message['link']) =>
  link === null
    ? []
    : [{ type: 'context', elements: [markUp([`<${escaped(link.url)}|${escaped(link.title)}>`])] }];

const plain = (text: string, lengthMax = blockLengthMax) => ({
  type: 'plain_text',
  emoji: false,
  text: shortened(escaped(text), lengthMax),
});

/** For our own texts only. */
const markUp = (lines: string[]) => ({ type: 'mrkdwn', verbatim: true, text: lines.join('\n') });

/** Escapes the three characters that begin mentions, links and entities in every text of Slack. */
const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Cuts between entities, so that none is left incomplete. */
function shortened(text: string, lengthMax: number): string {
  if (text.length <= lengthMax) return text;
  return `${text.slice(0, lengthMax - 1).replace(/&[a-z]*$/, '')}…`;
}
