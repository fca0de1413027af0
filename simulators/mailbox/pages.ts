/** The pages of the mailbox. */
import { html } from 'hono/html';
import type { ReceivedMessage } from './messages.ts';

type Markup = ReturnType<typeof html>;

const style = `:root{color-scheme:light dark}
body{font:1rem/1.5 system-ui,sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem}
input,button{font:inherit;padding:.25rem .5rem}
li{margin:.5rem 0}
pre{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit}
small{display:block}`;

const page = (title: string, content: Markup) => html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title><style>${style}</style></head><body><main><h1>${title}</h1>${content}</main></body></html>`;

/** Returns the list. `to`: the address that it is restricted to, if any. */
export function listOfMessages(messages: readonly ReceivedMessage[], to: string): Markup {
  const rows = messages.map(
    (message) =>
      html`<li><a href="/messages/${message.number}">${message.title || '(no subject)'}</a><small>${summaryOf(message)}</small></li>`,
  );
  return page(
    'Mailbox of the sandbox',
    html`<p>Every message of the sandbox arrives here, and none leaves this machine.</p>
<form method="get"><label for="to">To</label> <input id="to" name="to" type="email" value="${to}"> <button>Show</button></form>
${rows.length === 0 ? html`<p>There is no message yet.</p>` : html`<ol reversed>${rows}</ol>`}`,
  );
}

/** Returns one message. Addresses in its text are links, as mail programs make them. */
export function messagePage(message: ReceivedMessage): Markup {
  const links = message.links.map(({ title, url }) => html`<li>${linkTo(url, title)}</li>`);
  return page(
    message.title || '(no subject)',
    html`<p>${summaryOf(message)}</p>
<pre>${linked(message.text)}</pre>
${links.length === 0 ? '' : html`<ul>${links}</ul>`}
<p><a href="/">All messages</a></p>`,
  );
}

export const noSuchMessage = (): Markup => page('No such message', html`<p><a href="/">All messages</a></p>`);

const summaryOf = ({ channel, to, at }: ReceivedMessage) =>
  `${channel}${to.length === 0 ? '' : ` to ${to.join(', ')}`}, ${at.slice(0, 19).replace('T', ' ')} UTC`;

const linked = (text: string): Markup[] =>
  text
    .split(/(https?:\/\/[^\s<>"]+)/)
    .map((part, index) => (index % 2 === 1 ? linkTo(part, part) : html`${part}`));

/** Nothing but web addresses can be clicked. */
const linkTo = (url: string, title: string): Markup =>
  /^https?:\/\//.test(url) ? html`<a href="${url}">${title}</a>` : html`${title}`;
