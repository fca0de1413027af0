/** A mail server that delivers to the mailbox, whoever the addresses are. */
import { once } from 'node:events';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import type { Messages } from './messages.ts';

export interface MailServer {
  /** `smtp://127.0.0.1:PORT`. It asks for no password. */
  url: string;
  close(): Promise<void>;
}

export async function startMailServer(messages: Messages): Promise<MailServer> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    logger: false,
    onData(stream, { envelope }, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const to = envelope.rcptTo.map(({ address }) => address);
        deliver(messages, to, Buffer.concat(chunks)).then(() => done(), done);
      });
    },
  });
  const listening = server.listen(0, '127.0.0.1');
  if (!listening.listening) await once(listening, 'listening');
  const address = listening.address();
  if (address === null || typeof address === 'string') throw new Error('The mail server has no port.');
  return {
    url: `smtp://127.0.0.1:${address.port}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function deliver(messages: Messages, to: string[], raw: Buffer): Promise<void> {
  const { subject = '', text = '' } = await PostalMime.parse(raw);
  messages.add({ channel: 'e-mail', to, title: subject, text, links: [] });
}
