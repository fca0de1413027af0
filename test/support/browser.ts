/** A real browser on Temporal's UI: the clicks of a person who decides an approval. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';

const usualNames = ['chromium', 'chromium-browser', 'google-chrome'];
const waitsMs = 20_000;

/** Returns the program of `CHROMIUM_PATH`, or the first usual name on the path; null when there is none. */
export function findBrowser(): string | null {
  if (process.env.CHROMIUM_PATH) return process.env.CHROMIUM_PATH;
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const places = usualNames.flatMap((name) => folders.map((folder) => join(folder, name)));
  return places.find(isProgram) ?? null;
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** @throws when `executablePath` is not a working browser */
export function startBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath });
}

/** Opens a workflow in Temporal's UI. Blocks requests to other machines, because the UI looks for its own updates. */
export async function openWorkflow(browser: Browser, workflowId: string): Promise<Page> {
  const ui = process.env.TEST_TEMPORAL_UI;
  if (!ui) throw new Error('The test servers do not run: start tests by "npm test".');
  const page = await browser.newPage({ viewport: { width: 1400, height: 1000 } });
  page.setDefaultTimeout(waitsMs);
  await page.route(
    (url) => url.origin !== ui,
    (route) => route.abort(),
  );
  await page.goto(`${ui}/namespaces/default/workflows/${encodeURIComponent(workflowId)}`);
  return page;
}

/** Returns the current details of the workflow in the UI, once they hold `text`. */
export async function currentDetails(page: Page, text: string): Promise<string> {
  await page.getByRole('tab', { name: 'User Metadata' }).click();
  const details = page.frameLocator('#user-metadata-current-details').locator('body');
  await details.filter({ hasText: text }).waitFor();
  return (await details.textContent()) ?? '';
}

export interface FormInput {
  item: 'Send an Update' | 'Send a Signal';
  /** Name of the Update or the Signal. */
  name: string;
  data: unknown;
}

/** Fills in the form for an Update or a Signal and submits it. Returns the form. */
export async function submitForm(page: Page, { item, name, data }: FormInput): Promise<Locator> {
  await page.getByRole('button', { name: 'More Actions' }).click();
  await page.getByRole('menuitem', { name: item }).click();
  const form = page.getByRole('dialog').filter({ visible: true });
  const kind = item === 'Send an Update' ? 'update' : 'signal';
  await form.getByTestId(`${kind}-select-button`).click();
  await form.getByRole('option', { name }).click();
  const editor = form.getByRole('textbox', { name: 'Data' });
  await editor.fill(JSON.stringify(data));
  // The editor reformats its JSON when it loses the focus, and Submit moves. Waits for that before the click.
  await editor.press('Tab');
  await editor.locator('.cm-line').nth(1).waitFor();
  await form.getByRole('button', { name: 'Submit' }).click();
  return form;
}

/** Submits the form and waits until it closes, which means that the workflow accepted it. */
export async function sendByForm(page: Page, input: FormInput): Promise<void> {
  const form = await submitForm(page, input);
  await form.waitFor({ state: 'hidden' });
}
