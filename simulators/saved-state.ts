import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** After a slower save, the next one waits for twenty times its duration. */
const quickSaveMs = 25;

/** Replaces a file in one step, so that a crash leaves the old or the new one. Only its owner can read it. */
export function replaceFile(file: string, content: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.new`, content, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Saves a simulator's state to a file, as JSON, after each change. */
export class SavedState {
  readonly #file: string;
  readonly #content: () => unknown;
  #saveTookMs = 0;
  #savedAtMs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(file: string, content: () => unknown) {
    this.#file = file;
    this.#content = content;
  }

  /** Call this after each change. Large states are saved less often, and always at the end. */
  changed(): void {
    const waitMs = this.#savedAtMs + 20 * this.#saveTookMs - Date.now();
    if (this.#saveTookMs < quickSaveMs || waitMs <= 0) this.save();
    else this.#timer ??= setTimeout(() => this.save(), waitMs).unref();
  }

  save(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const startedMs = Date.now();
    replaceFile(this.#file, JSON.stringify(this.#content()));
    this.#savedAtMs = Date.now();
    this.#saveTookMs = this.#savedAtMs - startedMs;
  }
}

/** Returns the saved state, or undefined when there is none. */
export const readSaved = (file: string): unknown =>
  existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
