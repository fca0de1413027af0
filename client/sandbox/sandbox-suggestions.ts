import type { Client } from '@temporalio/client';
import { z } from 'zod';
import { newInvitation } from '../remote/begin/invitation.ts';
import { queryWorker } from '../remote/query.ts';
import { openSandbox, type SandboxControl } from './control.ts';
import { sandboxDecider, sandboxOperator } from './sandbox-tenant.ts';

/** A person of the sandbox's company whose leaving trips no rule. */
const leaver = 'giulia.ferri@contoso.example';

/** The tenant that `up --set-up` invites to set up. */
const setUpTenant = 'contoso';

export interface SandboxPlaces {
  /** The folder that `up` was started with. */
  data: string;
  consoleUrl?: string | undefined;
  mailboxUrl?: string | undefined;
}

/** What shows what the sync is about, as text: in the browser, and as commands. With the sandbox's own people and its open approval. */
export async function sandboxSuggestions(
  client: Client,
  tenant: string,
  places: SandboxPlaces,
): Promise<string> {
  const { items } = await queryWorker(client, { about: 'approvals', tenant, open: true, after: 0 });
  return suggestionsText(items[0]?.id ?? `${tenant}/1`, places);
}

/** The same for the open approval of this id. */
export function suggestionsText(approvalId: string, places: SandboxPlaces): string {
  const folder = places.data === '.timely-sync' ? '' : ` --data ${places.data}`;
  const approve = `approvals approve ${approvalId} --by ${sandboxDecider.address} --note "known to me"`;
  return [
    ...browserLines(places),
    'Or in another terminal, after the line with `export` above.',
    'A person leaves, and is out of Timely a second later:',
    commandToPaste(`sandbox leave ${leaver}${folder}`),
    'The account that waits for a person is approved:',
    commandToPaste(approve),
    'A person is invited by hand, and left alone:',
    commandToPaste(`sandbox invite-by-hand guest@elsewhere.example${folder}`),
  ].join('\n');
}

/** Width of the narrowest terminal that screens are made for. */
const narrowest = 80;

/** A command line; a long one goes on in a second line, as the shell reads it, before its options. A terminal that broke it would cut it in two. */
function commandToPaste(words: string): string {
  const line = `  npx --no-install timely-sync ${words}`;
  return line.length <= narrowest ? line : line.replace(/ --(by|data) /, ' \\\n    --$1 ');
}

/** What begins the set-up of the sandbox's tenant, as text; a tenant that is set up keeps its file. */
export async function setUpSuggestion(
  client: Client,
  { data, consoleUrl }: Pick<SandboxPlaces, 'data' | 'consoleUrl'>,
): Promise<string> {
  const inForce = await queryWorker(client, { about: 'configuration', tenant: setUpTenant });
  if (inForce !== null) return isSetUpText(consoleUrl);
  const { link } = await newInvitation(client, setUpTenant, 'the sandbox');
  return [
    `Set ${setUpTenant} up in a browser, which asks once about the sandbox's certificate:`,
    `  ${link}`,
    'What it asks for, made up by the sandbox:',
    ...(await wantedBySetUp(await openSandbox(data))).map(([name, value]) => `  ${name}: ${value}`),
    '  Number of the Timely account: 987654',
  ].join('\n');
}

const apiToken = z.object({ token: z.string() });

/** What an administrator finds in the directory's console, as its pages name it. */
async function wantedBySetUp({ directory, access, order }: SandboxControl): Promise<[string, string][]> {
  switch (directory) {
    case 'microsoft':
      return [
        ['Domain', 'contoso.example'],
        ['Administrator', sandboxOperator.name],
      ];
    case 'okta': {
      const made = await order('okta', 'createApiToken', { person: sandboxOperator.address });
      return [
        ['Way', 'Okta with an API token'],
        ['Okta domain', access().oktaDomain],
        ['API token', apiToken.parse(made).token],
      ];
    }
    case 'sap': {
      const { sapHost, sapClientId, sapSecret } = access();
      return [
        ['Way', 'SAP Cloud Identity Services with client id and secret'],
        ['SAP host', sapHost],
        ['Client id', sapClientId],
        ['Client secret', sapSecret],
      ];
    }
  }
}

/** What there is to do once the tenant is set up. */
export const isSetUpText = (consoleUrl: string | undefined): string =>
  [
    `${setUpTenant} is set up. What it does:`,
    commandToPaste(`status ${setUpTenant}`),
    ...(consoleUrl === undefined ? [] : operatorLines(consoleUrl)),
    'Another set-up replaces its tenant file:',
    commandToPaste(`invite ${setUpTenant}`),
  ].join('\n');

const operatorLines = (consoleUrl: string) => [
  `Look at the tenant as ${sandboxOperator.name}, who runs this installation:`,
  `  ${consoleUrl}/tenants`,
];

function browserLines({ consoleUrl, mailboxUrl }: SandboxPlaces): string[] {
  if (consoleUrl === undefined || mailboxUrl === undefined) return ['Try next:'];
  return [
    "Try next, in a browser, which asks once about the sandbox's certificate.",
    `Some changes wait for a person. Follow the link of a message, and sign in as ${sandboxDecider.name}:`,
    `  ${mailboxUrl}`,
    ...operatorLines(consoleUrl),
  ];
}
