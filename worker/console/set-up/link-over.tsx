import type { ConsoleContext } from '../deps.ts';
import { sendPage } from '../layout.tsx';

/** For every link that cannot be opened here, whatever the reason, and for browsers without one. */
export const sendLinkOver = (context: ConsoleContext): Promise<Response> =>
  sendPage(context, {
    title: 'This link cannot be opened',
    status: 404,
    body: (
      <p>
        A link to set the sync up works once, within a day, and goes on in the browser that opened it first.
        Ask the person who sent it for a new one: what you have answered is not lost.
      </p>
    ),
  });
