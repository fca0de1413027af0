/** `--web`: shows a page of Temporal's UI instead of a text. */
import type { TemporalUi } from '../domain/temporal-ui.ts';
import { usageError } from './exit-codes.ts';
import { connectionSettings } from './remote/connection.ts';
import { printResult, type Session } from './render/output.ts';
import { openInBrowser } from './sign-in/browser.ts';

/** Temporal Cloud has one UI for all namespaces. */
const cloudUi = 'https://cloud.temporal.io';

/**
 * Prints the address of a page, and opens it on a terminal.
 * @throws CommandError (2) where nothing says where the UI is
 */
export async function showInUi(
  session: Session,
  json: boolean | undefined,
  pageOf: (ui: TemporalUi) => string,
): Promise<void> {
  showPage(session, json, pageOf(await temporalUi()));
}

/** Prints the address, and opens it on a terminal. */
export function showPage(session: Session, json: boolean | undefined, url: string): void {
  printResult(session, json, { url }, (shown) => shown.url);
  if (session.watcher) openInBrowser(url);
}

/**
 * Where Temporal's UI is. A command that changes something asks before it begins.
 * @throws CommandError (2) where nothing says it
 */
export async function temporalUi(): Promise<TemporalUi> {
  const { connectionOptions, namespace = 'default', uiUrl } = await connectionSettings();
  const url = process.env.TIMELY_SYNC_UI_URL || uiUrl || cloudUiOf(connectionOptions.address ?? '');
  if (url !== null) return { url: url.replace(/\/$/, ''), namespace };
  throw usageError("Nothing says where Temporal's UI is: set TIMELY_SYNC_UI_URL to its address.");
}

const cloudUiOf = (address: string) =>
  /\.(tmprl\.cloud|temporal\.io)(:\d+)?$/.test(address) ? cloudUi : null;
