import type { Command } from 'commander';
import type { InitCommandFlags } from '../actions/init.ts';
import { addCommand } from '../command.ts';
import { initFlagTexts } from '../init/questions.ts';
import type { Session } from '../render/output.ts';

/** Adds `init`: the application in the directory, the tenant file, and a first check. */
export function addInit(program: Command, session: Session): void {
  const command = addCommand(program, {
    name: 'init [file]',
    summary: 'registers the application, writes a tenant file, checks it',
    description:
      'asks a few questions, prints what registers the sync in Entra ID, Okta or SAP with least rights, writes the tenant file and checks it',
    examples: [
      'init',
      'init tenants/contoso.yaml',
      'init contoso.yaml --tenant contoso --directory-id GUID --client-id GUID --account-id 987654 --group "Timely Users" --json',
      'init contoso.yaml --tenant contoso --directory okta --domain contoso.okta.com --client-id 0oa1b2c3d4e5f6g7h8i9 --account-id 987654 --group "Timely Users"',
      'init contoso.yaml --tenant contoso --directory sap --host contoso.accounts.ondemand.com --account-id 987654 --group "Timely Users"',
    ],
  });
  for (const [flag, text] of initFlagTexts()) command.option(`${flag} <text>`, text);
  command
    .option('--force', 'replaces a file of that name')
    .option('--no-check', 'does not ask a worker whether the file would work')
    .action(async (file: string | undefined, flags: InitCommandFlags) => {
      const { runInit } = await import('../actions/init.ts');
      await runInit(session, file, flags);
    });
}
