/** A real browser before Temporal's own UI: what somebody clicks who answers a request there. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';

const usualNames = ['chromium', 'chromium-browser', 'google-chrome'];
const waitsMs = 20_000;

/** The program that `CHROMIUM_PATH` names, or the first of the usual names on the path; null when there is none. */
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

/** @throws when `executablePath` is no browser that starts */
export function startBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath });
}

/** Opens a workflow in Temporal's UI. Nothing beyond this machine is asked: the UI would look for news of itself. */
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

/** What the UI shows of the workflow's current details, as soon as it holds `text`. */
export async function currentDetails(page: Page, text: string): Promise<string> {
  await page.getByRole('tab', { name: 'User Metadata' }).click();
  const details = page.frameLocator('#user-metadata-current-details').locator('body');
  await details.filter({ hasText: text }).waitFor();
  return (await details.textContent()) ?? '';
}

export interface FormInput {
  item: 'Send an Update' | 'Send a Signal';
  /** Of the Update or the Signal. */
  name: string;
  data: unknown;
}

/** Fills in the form for an Update or a Signal and presses Submit; answers the form. */
export async function submitForm(page: Page, { item, name, data }: FormInput): Promise<Locator> {
  await page.getByRole('button', { name: 'More Actions' }).click();
  await page.getByRole('menuitem', { name: item }).click();
  const form = page.getByRole('dialog').filter({ visible: true });
  const kind = item === 'Send an Update' ? 'update' : 'signal';
  await form.getByTestId(`${kind}-select-button`).click();
  await form.getByRole('option', { name }).click();
  const editor = form.getByRole('textbox', { name: 'Data' });
  await editor.fill(JSON.stringify(data));
  // As it loses the focus, the editor puts its JSON on several lines, and Submit moves away from under a click.
  await editor.press('Tab');
  await editor.locator('.cm-line').nth(1).waitFor();
  await form.getByRole('button', { name: 'Submit' }).click();
  return form;
}

/** Sends by the form, and waits until it closes: the workflow has taken it. */
export async function sendByForm(page: Page, input: FormInput): Promise<void> {
  const form = await submitForm(page, input);
  await form.waitFor({ state: 'hidden' });
}
