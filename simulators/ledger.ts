import { appendFileSync, existsSync, readFileSync } from 'node:fs';

/** One request that a simulator was sent, without any token or secret. */
export interface LedgerEntry {
  /** Counts from 1 and goes on after a restart with a data directory. */
  number: number;
  at: string;
  method: string;
  path: string;
  query: Record<string, string>;
  operation: string;
  /** An e-mail address where one is known, else a name or an id. */
  subject: string | null;
  /** 0 when the connection was cut. */
  status: number;
  /** For writes: what the body meant, with roles and people by name. */
  write?: unknown;
  /** Faults that had their hand in it. */
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

/** The requests a simulator was sent, in order; kept as lines of JSON beside the state when there is a data directory. */
export class Ledger {
  readonly #file: string | undefined;
  #entries: LedgerEntry[] = [];
  #last = 0;
  /** Called at each entry, right before the request is answered. */
  readonly followers = new Set<() => void>();

  constructor(file?: string) {
    this.#file = file;
    if (file && existsSync(file)) {
      const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
      const last: { number?: number } = JSON.parse(lines.at(-1) || '{}');
      this.#last = last.number ?? 0;
    }
  }

  /** Number of the last entry: what happens from now on is `entries(ledger.last)`. */
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

  /** Requests of this process, after the given number. */
  entries(since = 0): LedgerEntry[] {
    return this.#entries.filter((entry) => entry.number > since);
  }

  /** Requests that meant to change something; signing in is not one of them. */
  writes(since = 0): LedgerEntry[] {
    return this.entries(since).filter((entry) => entry.write !== undefined);
  }
}
