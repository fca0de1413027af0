/**
 * `npm run docs:ui`: starts the sandbox and takes docs/images/temporal-ui.png, the page of a tenant's workflow in Temporal's
 * UI after its first cycle. Needs a Chromium: the one that CHROMIUM_PATH names, else the first of the usual names.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { inProject, projectFolder, say } from '../../setup/project.mjs';
import { run } from '../../setup/run.mjs';
import { SetupError } from '../../setup/setup-error.mjs';

const picture = inProject('docs', 'images', 'temporal-ui.png');
const workflowId = 'tenant/contoso';
const viewport = { width: 1440, height: 900 };
const waitsMs = 60_000;
const bytesMax = 200_000;

/**
 * The sandbox after its first cycle: the address of Temporal's UI, and how to stop it all.
 * @param {string} folder where it keeps its data
 * @returns {Promise<{ui: string, stop: () => Promise<void>}>}
 */
async function startSandbox(folder) {
  const args = [inProject('setup', 'start.mjs'), '--data', folder];
  const child = spawn(process.execPath, args, { cwd: projectFolder, stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = new Promise((resolve) => child.on('close', resolve));
  let output = '';
  const ui = await new Promise((resolve, reject) => {
    const look = (chunk) => {
      output += chunk;
      if (/Ctrl-C/.test(output)) resolve(/http:\/\/[\d.]+:\d+/.exec(output)?.[0]);
    };
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', look);
    child.on('error', reject);
    child.on('close', (code) => reject(new SetupError(`npm start ended with ${code}:\n${output}`)));
  });
  const stop = async () => {
    child.kill('SIGINT');
    await closed;
  };
  return { ui, stop };
}

/**
 * The workflow's page with its current details. Nothing beyond this machine is asked: the UI would look for its own news.
 * @param {string} ui address of Temporal's UI
 * @returns {Promise<Buffer>} a PNG
 */
async function takePicture(ui) {
  const { chromium } = await import('playwright-core');
  const args = ['--disable-gpu', '--disable-background-networking'];
  const browser = await chromium.launch({ executablePath: findBrowser(), args });
  try {
    const page = await browser.newPage({ viewport, colorScheme: 'light', timezoneId: 'UTC' });
    page.setDefaultTimeout(waitsMs);
    await page.route(
      (url) => url.origin !== ui,
      (route) => route.abort(),
    );
    await page.goto(`${ui}/namespaces/default/workflows/${encodeURIComponent(workflowId)}`);
    await page.getByRole('tab', { name: 'User Metadata' }).click();
    const details = page.frameLocator('#user-metadata-current-details').locator('body');
    await details.filter({ hasText: 'in scope' }).waitFor();
    return await page.screenshot({ timeout: waitsMs });
  } finally {
    await browser.close();
  }
}

/** @throws SetupError when this machine has no Chromium */
function findBrowser() {
  if (process.env.CHROMIUM_PATH) return process.env.CHROMIUM_PATH;
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const found = names.flatMap((name) => folders.map((folder) => join(folder, name))).find(existsSync);
  if (found === undefined)
    throw new SetupError('This machine has no Chromium: install one, or set CHROMIUM_PATH.');
  return found;
}

await run(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'timely-sync-docs-'));
  try {
    say('Starting the sandbox …');
    const { ui, stop } = await startSandbox(folder);
    try {
      writeFileSync(picture, await takePicture(ui));
    } finally {
      await stop();
    }
    const { size } = statSync(picture);
    if (size > bytesMax)
      throw new SetupError(`${picture} has ${size} bytes; at most ${bytesMax} are wanted.`);
    say(`${picture}: ${size} bytes.`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
