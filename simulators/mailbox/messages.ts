/** The messages that the sandbox's people received, whatever the channel. */

/** Where messages arrive. */
export const channels = ['e-mail', 'Teams', 'Slack'] as const;

/** What arrives: plain text, and what may be clicked besides the addresses in the text. */
export interface NewMessage {
  channel: (typeof channels)[number];
  /** Addresses of people; empty for a channel of Teams or Slack. */
  to: string[];
  title: string;
  text: string;
  links: { title: string; url: string }[];
}

export interface ReceivedMessage extends NewMessage {
  /** Counts from 1. */
  number: number;
  at: string;
}

const messagesKept = 500;

/** The newest messages. */
export class Messages {
  readonly #received: ReceivedMessage[];
  readonly #clock: () => Date;
  readonly #changed: () => void;

  constructor(received: ReceivedMessage[], clock: () => Date, changed: () => void) {
    this.#received = received;
    this.#clock = clock;
    this.#changed = changed;
  }

  add(message: NewMessage): void {
    const number = (this.#received.at(-1)?.number ?? 0) + 1;
    this.#received.push({ ...message, number, at: this.#clock().toISOString() });
    this.#received.splice(0, Math.max(0, this.#received.length - messagesKept));
    this.#changed();
  }

  /** The newest first. With `to`, only those to this address. */
  all(to?: string): ReceivedMessage[] {
    const wanted = to?.trim().toLowerCase();
    const found = wanted
      ? this.#received.filter((message) => message.to.some((address) => address.toLowerCase() === wanted))
      : this.#received;
    return found.toReversed();
  }

  message(number: number): ReceivedMessage | undefined {
    return this.#received.find((message) => message.number === number);
  }

  save(): ReceivedMessage[] {
    return this.#received;
  }
}
