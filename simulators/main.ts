/**
 * The sandbox as a process: `--data DIR [--directory microsoft|okta|sap]`, and a port for each server (`--sap-port N`, …).
 * Prints one line of JSON when all servers listen. Ends on SIGTERM and SIGINT, and when its parent ends (standard input or
 * the IPC channel closes).
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startSandbox } from './sandbox.ts';
import { replaceFile } from './saved-state.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    directory: { type: 'string', default: 'microsoft' },
    'microsoft-port': { type: 'string', default: '0' },
    'okta-port': { type: 'string', default: '0' },
    'sap-port': { type: 'string', default: '0' },
    'timely-port': { type: 'string', default: '0' },
    'mailbox-port': { type: 'string', default: '0' },
  },
});

async function main(): Promise<void> {
  if (values.data === undefined) throw new Error("Give the folder of the sandbox's state: --data DIR");
  const sandbox = await startSandbox({
    dataDir: values.data,
    microsoftPort: Number(values['microsoft-port']),
    oktaPort: Number(values['okta-port']),
    sapPort: Number(values['sap-port']),
    timelyPort: Number(values['timely-port']),
    mailbox: true,
    mailboxPort: Number(values['mailbox-port']),
  });
  let ending = false;
  const end = async () => {
    if (ending) return;
    ending = true;
    await sandbox.close();
    process.exit(0);
  };
  for (const event of ['SIGTERM', 'SIGINT', 'disconnect']) process.on(event, () => void end());
  // A stream that is not read never reports its end.
  process.stdin
    .on('close', () => void end())
    .on('error', () => void end())
    .resume();
  const line = JSON.stringify({
    microsoft: sandbox.microsoft.url,
    okta: sandbox.okta.url,
    sap: sandbox.sap.url,
    timely: sandbox.timely.url,
    caFile: sandbox.caFile,
    directory: values.directory,
    ...sandbox.credentials,
    sharedCertificate: await sandbox.sharedCertificate(),
    mailbox: sandbox.mailbox?.url,
    mailServer: sandbox.mailbox?.smtpUrl,
    teamsWebhook: sandbox.mailbox?.teamsUrl,
    slackWebhook: sandbox.mailbox?.slackUrl,
  });
  replaceFile(join(values.data, 'sandbox.json'), `${line}\n`);
  process.stdout.write(`${line}\n`);
}

main().catch((error: unknown) => {
  console.error(`The sandbox could not start. ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
