/** What registers the sync with least rights: Azure CLI for Entra ID, Terraform for Okta, console and openssl for SAP. */
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

export function registrationCommands(known: BeforeRegistration, shell: Shell): string[] {
  switch (known.directory) {
    case 'entra':
      return entraRegistration(known, shell);
    case 'okta':
      return oktaRegistration(known, shell);
    case 'sap':
      return sapRegistration(known, shell);
  }
}
