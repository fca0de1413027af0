/**
 * Microsoft Teams: an Adaptive Card in a message with attachments, as webhooks of the Workflows app of Teams accept it.
 */

import type { Message, MessageItem } from './message.ts';
import { post } from './post.ts';

export async function sendToTeams(
  url: string,
  message: Message,
  fetch: typeof globalThis.fetch,
): Promise<void> {
  await post({ what: 'The Teams webhook', url, body: JSON.stringify(teamsMessage(message)), fetch });
}

/** The message in the form of Teams. What people typed is in text runs, where Teams reads no Markdown. */
export function teamsMessage({ title, lines, items, commands, link }: Message) {
  const links = [link, ...items.map((item) => item.link)].flatMap((each) => each ?? []);
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          msteams: { width: 'Full' },
          body: [
            paragraph([{ text: title, weight: 'Bolder', size: 'Medium' }]),
            ...lines.map((text) => paragraph([{ text }])),
            ...items.map((item) => itemOf(item, items.length > 1)),
            ...commands.map((command) =>
              paragraph([{ text: `${command.for}: ` }, { text: command.type, fontType: 'Monospace' }]),
            ),
          ],
          actions: links.slice(0, 1).map(openUrl),
        },
      },
    ],
  };
}

/** `isOneOfSeveral`: with a button of its own, since that of the card leads to all of them. */
function itemOf({ title, lines, link }: MessageItem, isOneOfSeveral: boolean) {
  return {
    type: 'Container',
    separator: true,
    items: [
      paragraph([{ text: title, weight: 'Bolder' }]),
      ...lines.map((text) => paragraph([{ text }])),
      ...(link && isOneOfSeveral ? [{ type: 'ActionSet', actions: [openUrl(link)] }] : []),
    ],
  };
}

const openUrl = ({ title, url }: NonNullable<Message['link']>) => ({ type: 'Action.OpenUrl', title, url });

interface Run {
  text: string;
  weight?: 'Bolder';
  size?: 'Medium';
  fontType?: 'Monospace';
}

function paragraph(runs: Run[]) {
  return {
    type: 'RichTextBlock',
    inlines: runs.map((run) => ({ type: 'TextRun', ...run, text: literal(run.text) })),
  };
}

/** Teams evaluates dates in double braces in every text of a card. */
const literal = (text: string) => text.replaceAll('{{', '{ {');
