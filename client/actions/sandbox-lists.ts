import { z } from 'zod';
import type { CommonOptions } from '../command.ts';
import { printResult, type Session, table } from '../render/output.ts';
import { openSandbox } from '../sandbox/control.ts';
import type { DirectoryName } from '../sandbox/edits.ts';

export interface SandboxListFlags extends CommonOptions {
  data: string;
}

const directoryView = z.object({
  users: z.array(
    z.object({
      displayName: z.string(),
      mail: z.string().nullish(),
      userPrincipalName: z.string(),
      status: z.string(),
      accountEnabled: z.boolean().default(true),
      userType: z.string().nullish(),
      department: z.string().nullish(),
    }),
  ),
});
const timelyUser = z.object({
  name: z.string(),
  email: z.string(),
  role: z.object({ name: z.string() }),
  /** How many invitations were mailed. */
  mails: z.number(),
});
const accountView = z.object({ users: z.array(timelyUser), removed: z.array(timelyUser) });

/** Prints the people of the simulated directory and of the simulated Timely. */
export async function runSandboxPeople(session: Session, { data, json }: SandboxListFlags): Promise<void> {
  const { name, directory, account } = await readViews(data);
  const people = directory.users.map((user) => [
    user.displayName,
    user.mail ?? user.userPrincipalName,
    user.department ?? '',
    user.status === 'live' && !user.accountEnabled ? 'disabled' : user.status,
  ]);
  const inTimely = [
    ...account.users.map((user) => [user.name, user.email, user.role.name, 'present']),
    ...account.removed.map((user) => [user.name, user.email, user.role.name, 'removed']),
  ];
  const text = [
    table([titles[name], 'address', 'department', 'account'], people, session.columns),
    table(['in Timely', 'address', 'role', 'state'], inTimely, session.columns),
  ].join('\n');
  printResult(session, json, { [name]: directory.users, timely: account }, () => text);
}

/** Prints how many invitations the simulated Timely mailed to each address. */
export async function runSandboxMails(session: Session, { data, json }: SandboxListFlags): Promise<void> {
  const { account } = await readViews(data);
  const mailed = [...account.users, ...account.removed].filter(({ mails }) => mails > 0);
  const rows = mailed.map(({ email, mails }) => [email, String(mails)]);
  const document = { mails: mailed.map(({ email, mails }) => ({ email, mails })) };
  printResult(session, json, document, () => table(['invited', 'mails'], rows, session.columns));
}

const titles: Record<DirectoryName, string> = { microsoft: 'in Microsoft', okta: 'in Okta', sap: 'in SAP' };

interface Views {
  /** The tenant's directory. */
  name: DirectoryName;
  directory: z.output<typeof directoryView>;
  account: z.output<typeof accountView>;
}

async function readViews(data: string): Promise<Views> {
  const opened = await openSandbox(data);
  const { directory: name } = opened;
  const [directory, timely] = await Promise.all([opened.state(name), opened.state('timely')]);
  return { name, directory: directoryView.parse(directory), account: accountView.parse(timely) };
}
