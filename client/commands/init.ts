import { type Command, Option } from 'commander';
import { initFlagTexts } from '../../config/first-file/questions.ts';
import type { InitCommandFlags } from '../actions/init.ts';
import { addCommand } from '../command.ts';
import type { GivenOption } from '../init/same-command.ts';
import { shells } from '../init/shell.ts';
import { teamChoices } from '../init/team-choices.ts';
import type { Session } from '../render/output.ts';

/** Adds `init`: the application in the directory, a look at what is there, the tenant file, and its preview. */
export function addInit(program: Command, session: Session): void {
  const command = addCommand(program, {
    name: 'init [file]',
    summary: 'registers the application, looks at what is there, writes a tenant file',
    description:
      'prints what registers the sync in Entra ID, Okta or SAP with least rights, looks at the groups, departments and Timely users that are there, writes the tenant file, checks it and ends at its preview',
    examples: [
      'init',
      'init tenants/contoso.yaml',
      'init contoso.yaml --tenant contoso --directory-id contoso.onmicrosoft.com --client-id GUID --account-id 987654 --json',
      'init contoso.yaml --tenant contoso --directory okta --domain contoso.okta.com --client-id 0oa1b2c3d4e5f6g7h8i9 --account-id 987654 --group "Timely Users"',
      'init contoso.yaml --tenant contoso --directory sap --host contoso.accounts.ondemand.com --account-id 987654 --group "Timely Users"',
    ],
  });
  for (const [flag, text] of initFlagTexts()) command.option(`${flag} <text>`, text);
  command
    .option(
      '--group <text>',
      'group whose members come into Timely, by name or object id; the proposed one unless given',
    )
    .option('--role <text>', 'role in Timely for people without another rule; employee unless given')
    .addOption(new Option('--teams <kind>', 'teams in Timely; none unless given').choices(teamChoices))
    .addOption(new Option('--shell <name>', 'shell of the registration commands').choices(shells))
    .option('--no-look', 'does not look at what is in the directory and in Timely')
    .option('--no-wait', 'does not wait until everything is granted')
    .option('--connect', 'signs in to Timely where that is missing')
    .option('--no-connect', 'does not offer to sign in to Timely')
    .option('--paste', 'signs in to Timely with a code that is pasted')
    .option('--preview', 'shows the preview of the first cycle at the end')
    .option('--no-preview', 'does not offer the preview')
    .option('--force', 'replaces a file of that name')
    .option('--no-check', 'asks no worker anything: no look, no check, no preview')
    .option(
      '--secret <reference>',
      "env:NAME or file:/path of the directory's credential, in place of the usual one",
    )
    .option('--login <address>', "address or env:NAME in place of Microsoft's sign-in, with --graph")
    .option('--graph <address>', 'address or env:NAME in place of Microsoft Graph, with --login')
    .option('--endpoint <address>', 'address or env:NAME in place of the host of Okta or SAP')
    .option('--timely-endpoint <address>', "address or env:NAME in place of Timely's own")
    .option('--initial-refresh-token <reference>', 'env:NAME or file:/path of a first token of Timely')
    .action(async (file: string | undefined, flags: InitCommandFlags, typed: Command) => {
      const { runInit } = await import('../actions/init.ts');
      await runInit(session, { file, options: optionsOf(typed) }, flags);
    });
}

/** The options that stand on the command line. */
function optionsOf(typed: Command): GivenOption[] {
  return typed.options.flatMap((option): GivenOption[] => {
    const { long, negate } = option;
    const name = option.attributeName();
    const value: unknown = typed.getOptionValue(name);
    if (!long || typed.getOptionValueSource(name) !== 'cli') return [];
    if (typeof value === 'string') return [[long, value]];
    return value === !negate ? [[long]] : [];
  });
}
