import { appendFileSync, existsSync, readFileSync } from 'node:fs';

/** One request to a simulator, without tokens and secrets. */
export interface LedgerEntry {
  /** Counts from 1, and continues after a restart with a data directory. */
  number: number;
  at: string;
  method: string;
  path: string;
  query: Record<string, string>;
  operation: string;
  /** An e-mail address where one is known, else a name or an id. */
  subject: string | null;
  /** HTTP status; 0 when the connection was cut. */
  status: number;
  /** For writes: the body, with names of roles and people in place of ids. */
  write?: unknown;
  /** Names of the faults that changed the response. */
  faults?: string[];
}

const secretParameters = [
  '$skiptoken',
  '$deltatoken',
  'code',
  'client_secret',
  'refresh_token',
  'access_token',
];
const entriesKept = 200_000;

/** The requests to a simulator, in order. With a data directory, they are lines of JSON beside the state. */
export class Ledger {
  readonly #file: string | undefined;
  #entries: LedgerEntry[] = [];
  #last = 0;
  /** Called for each entry, right before the response is sent. */
  readonly followers = new Set<() => void>();

  constructor(file?: string) {
    this.#file = file;
    if (file && existsSync(file)) {
      const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
      const last: { number?: number } = JSON.parse(lines.at(-1) || '{}');
      this.#last = last.number ?? 0;
    }
  }

  /** Number of the last entry. `entries(ledger.last)` returns what follows. */
  get last(): number {
    return this.#last;
  }

  add(entry: Omit<LedgerEntry, 'number' | 'query'> & { query: URLSearchParams }): void {
    this.#last += 1;
    const query = Object.fromEntries(
      [...entry.query].map(([key, value]) => [key, secretParameters.includes(key) ? '…' : value]),
    );
    const line: LedgerEntry = { ...entry, number: this.#last, query };
    this.#entries.push(line);
    if (this.#entries.length > entriesKept) this.#entries = this.#entries.slice(entriesKept / 2);
    if (this.#file) appendFileSync(this.#file, `${JSON.stringify(line)}\n`, { mode: 0o600 });
    for (const follow of this.followers) follow();
  }

  /** Returns the entries of this process after a number. */
  entries(since = 0): LedgerEntry[] {
    return this.#entries.filter((entry) => entry.number > since);
  }

  /** Returns requests that write; sign-ins are not writes. */
  writes(since = 0): LedgerEntry[] {
    return this.entries(since).filter((entry) => entry.write !== undefined);
  }
}
