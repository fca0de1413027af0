import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** A save that took longer than this is not repeated after each change, but after twenty times its duration. */
const quickSaveMs = 25;

/** Replaces a file in one step, readable for the owner alone: a crash leaves the old one or the new one. */
export function replaceFile(file: string, content: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.new`, content, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Keeps a simulator's state in a file, as JSON, after each change. */
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

  /** To be called after each change. Large states are written less often, and always at the end. */
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

/** Reads what was saved; undefined when nothing was. */
export const readSaved = (file: string): unknown =>
  existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
