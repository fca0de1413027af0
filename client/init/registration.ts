/** What registers the sync with least rights: Azure CLI for Entra ID, Terraform for Okta, console and openssl for SAP. */
import { usualReference } from '../../config/first-file/tenant-text.ts';
import { wrapped } from '../render/wrapped-text.ts';
import type { BeforeRegistration } from './answers.ts';
import { entraRegistration } from './entra-registration.ts';
import { oktaRegistration } from './okta-registration.ts';
import { sapRegistration } from './sap-registration.ts';
import type { Shell } from './shell.ts';

const headings = {
  entra: 'Register the application, as an administrator of Entra ID with the Azure CLI:',
  okta: 'Register the service app, as a super administrator of Okta: in the admin console as docs/okta.md says, or with Terraform:',
  sap: 'Create the system in the administration console of SAP, as an administrator of the tenant:',
};
export const registrationHeading = ({ directory }: Pick<BeforeRegistration, 'directory'>): string =>
  headings[directory];

/** `secret`: the reference of the tenant file where `--secret` gives one. */
export function registrationCommands(
  known: BeforeRegistration,
  shell: Shell,
  secret: string = usualReference(known),
): string[] {
  return [...commandsFor(known, shell), ...placeOfKey(known, secret)];
}

function commandsFor(known: BeforeRegistration, shell: Shell): string[] {
  switch (known.directory) {
    case 'entra':
      return entraRegistration(known, shell);
    case 'okta':
      return oktaRegistration(known, shell);
    case 'sap':
      return sapRegistration(known, shell);
  }
}

/** As a screen shows them: its comments are broken at its width, and what is pasted is not. */
export const registrationText = (commands: readonly string[], columns: number): string =>
  commands.map((line) => (line.startsWith('# ') ? fittedComment(line, columns) : line)).join('\n');

const fittedComment = (line: string, columns: number) =>
  wrapped(line.slice(2), columns - 2, { wholeWords: true })
    .map((part) => `# ${part}`)
    .join('\n');

/** A file that these commands write is of no use where it is: the worker reads it at the place that the tenant file names. */
const placeOfKey = ({ credential }: BeforeRegistration, secret: string): string[] =>
  credential === 'privateKey' || credential === 'certificate'
    ? [
        '# Put the file with the private key where the worker reads it (docs/operating.md names the folders that it may be in):',
        `# ${secret.replace(/^file:/, '')}`,
      ]
    : [];
