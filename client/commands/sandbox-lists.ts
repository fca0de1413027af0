import type { Command } from 'commander';
import { z } from 'zod';
import { addCommand, type CommonOptions } from '../command.ts';
import { printResult, type Session, table } from '../render/output.ts';
import { openSandbox } from '../sandbox/control.ts';
import { dataOption } from './sandbox-edit.ts';

interface ListFlags extends CommonOptions {
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

/** Adds `sandbox people`: everybody in the simulated directory and in the simulated Timely. */
export function addPeople(sandbox: Command, session: Session): void {
  addList(
    sandbox,
    session,
    'people',
    'everybody in the simulated Microsoft and in the simulated Timely',
    (views) => {
      const { directory, account } = views;
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
        table(['in Microsoft', 'address', 'department', 'account'], people, session.columns),
        table(['in Timely', 'address', 'role', 'state'], inTimely, session.columns),
      ].join('\n');
      return { document: { microsoft: directory.users, timely: account }, text };
    },
  );
}

/** Adds `sandbox mails`: how many invitations the simulated Timely mailed to whom. */
export function addMails(sandbox: Command, session: Session): void {
  addList(
    sandbox,
    session,
    'mails',
    'how many invitations the simulated Timely mailed to whom',
    ({ account }) => {
      const mailed = [...account.users, ...account.removed].filter(({ mails }) => mails > 0);
      const rows = mailed.map(({ email, mails }) => [email, String(mails)]);
      const document = { mails: mailed.map(({ email, mails }) => ({ email, mails })) };
      return { document, text: table(['invited', 'mails'], rows, session.columns) };
    },
  );
}

interface Views {
  directory: z.output<typeof directoryView>;
  account: z.output<typeof accountView>;
}

function addList(
  sandbox: Command,
  session: Session,
  name: string,
  description: string,
  show: (views: Views) => { document: unknown; text: string },
): void {
  addCommand(sandbox, { name, description, examples: [`sandbox ${name}`, `sandbox ${name} --json`] })
    .option(...dataOption)
    .action(async ({ data, json }: ListFlags) => {
      const opened = await openSandbox(data);
      const [microsoft, timely] = await Promise.all([opened.state('microsoft'), opened.state('timely')]);
      const views = { directory: directoryView.parse(microsoft), account: accountView.parse(timely) };
      const { document, text } = show(views);
      printResult(session, json, document, text);
    });
}
