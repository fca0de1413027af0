/** What people do in the sandbox: how it is typed, and the order that a simulator is given for it. */
export const directoryNames = ['microsoft', 'okta', 'sap'] as const;
/** The simulators that are directories. */
export type DirectoryName = (typeof directoryNames)[number];
export const simulatorNames = [...directoryNames, 'timely'] as const;
export type SimulatorName = (typeof simulatorNames)[number];

/** Options of an edit, as far as it has them. */
export interface EditFlags {
  email?: string;
  department?: string;
  group?: string[];
  mail?: string;
  accepted?: boolean;
  role?: string;
}

/** One subcommand of `sandbox`. */
export interface SandboxEdit {
  /** Name and arguments, as commander reads them. */
  name: string;
  description: string;
  example: string;
  /** Where it is made: in the tenant's directory or in Timely. */
  simulator: 'directory' | 'timely';
  /** The action of the simulator's control routes. */
  action: string;
  options?: [flags: string, description: string][];
  body(words: string[], flags: EditFlags): Record<string, unknown>;
}

const onePerson = ([person]: string[]) => ({ person });
const personAndGroup = ([person, group]: string[]) => ({ person, group });
const groupOption: [string, string] = ['--group <name...>', 'groups to be in'];

/** All edits, in the order of the help. */
export const edits: SandboxEdit[] = [
  {
    name: 'join <name>',
    description: 'a person joins the company',
    example: 'join "Nia Novak" --department Design --group "Timely Users"',
    simulator: 'directory',
    action: 'join',
    options: [
      ['--email <address>', 'sign-in name and mail; otherwise made from the name'],
      ['--department <name>', 'department'],
      groupOption,
    ],
    body: ([name], { email, department, group }) => ({ name, email, department, groups: group }),
  },
  {
    name: 'leave <person>',
    description: 'a person leaves; the account is deleted',
    example: 'leave bo.berg@contoso.example',
    simulator: 'directory',
    action: 'leave',
    body: onePerson,
  },
  {
    name: 'disable <person>',
    description: 'an account is disabled',
    example: 'disable bo.berg@contoso.example',
    simulator: 'directory',
    action: 'disable',
    body: onePerson,
  },
  {
    name: 'enable <person>',
    description: 'an account is enabled again',
    example: 'enable bo.berg@contoso.example',
    simulator: 'directory',
    action: 'enable',
    body: onePerson,
  },
  {
    name: 'move <person> <department>',
    description: 'a person moves to another department',
    example: 'move bo.berg@contoso.example Engineering',
    simulator: 'directory',
    action: 'move',
    body: ([person, department]) => ({ person, department }),
  },
  {
    name: 'guest <email> <name>',
    description: 'a guest of another company is invited into the directory',
    example: 'guest kim@northwind-consulting.example "Kim Park" --accepted',
    simulator: 'directory',
    action: 'guest',
    options: [
      ['--accepted', 'the invitation is accepted already'],
      ['--mail <address>', 'contact address, where it is not the home address'],
      groupOption,
    ],
    body: ([email, name], { accepted, mail, group }) => {
      const state = accepted ? 'Accepted' : 'PendingAcceptance';
      return { email, name, state, mail, groups: group };
    },
  },
  {
    name: 'accept <person>',
    description: 'a guest accepts the invitation',
    example: 'accept kim@northwind-consulting.example',
    simulator: 'directory',
    action: 'accept',
    body: onePerson,
  },
  {
    name: 'add-to-group <person> <group>',
    description: 'a person is added to a group',
    example: 'add-to-group bo.berg@contoso.example "Timely Managers"',
    simulator: 'directory',
    action: 'addToGroup',
    body: personAndGroup,
  },
  {
    name: 'remove-from-group <person> <group>',
    description: 'a person is removed from a group',
    example: 'remove-from-group bo.berg@contoso.example "Timely Users"',
    simulator: 'directory',
    action: 'removeFromGroup',
    body: personAndGroup,
  },
  {
    name: 'nest <inner> <outer>',
    description: 'a group becomes a member of another group',
    example: 'nest "Design Guild" "Timely Users"',
    simulator: 'directory',
    action: 'nest',
    body: ([inner, outer]) => ({ inner, outer }),
  },
  {
    name: 'grant-role <person>',
    description: 'a person gets a privileged directory role',
    example: 'grant-role bo.berg@contoso.example --role "Global Administrator"',
    simulator: 'directory',
    action: 'grantRole',
    options: [['--role <name>', 'role by name; otherwise Global Administrator, in Okta Super Administrator']],
    body: ([person], { role }) => ({ person, role }),
  },
  {
    name: 'invite-by-hand <email> [name]',
    description: 'an admin of Timely invites a person there, past the directory',
    example: 'invite-by-hand guest@elsewhere.example',
    simulator: 'timely',
    action: 'invite',
    options: [['--role <name>', 'Timely role; otherwise employee']],
    body: ([email = '', name = email.split('@')[0]], { role }) => ({ email, name, role }),
  },
  {
    name: 'remove-by-hand <person>',
    description: 'an admin of Timely removes a person there, past the directory',
    example: 'remove-by-hand bo.berg@contoso.example',
    simulator: 'timely',
    action: 'remove',
    body: onePerson,
  },
];
