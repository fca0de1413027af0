/** The people of Contoso as tables, with those who are hard for a sync. Every simulated directory has them. */
import type { EditableDirectory, NewPerson } from './directory.ts';

/** `[name, job title, groups]`: ordinary people, in scope by their department. */
type Row = [name: string, jobTitle: string, groups?: string[]];

const design: Row[] = [
  ['Amelie Roth', 'Head of Design', ['Timely Managers', 'Design Guild']],
  ['Bao Nguyen', 'Product Designer', ['Design Guild', 'Timely - Apollo']],
  ['Carla Mendes', 'Product Designer', ['Design Guild']],
  ['Dmitri Volkov', 'Motion Designer'],
  ['Elif Yilmaz', 'User Researcher', ['Design Guild']],
  ['Freya Lindqvist', 'Product Designer'],
  ['Hana Sato', 'Illustrator'],
  ['Ines Marchetti', 'Service Designer'],
  ['Jules Moreau', 'Brand Designer'],
  ['Katja Brandt', 'User Researcher'],
  ["Maeve O'Connor", 'Content Designer'],
  ['Zoë Albrecht', 'Design Operations'],
];

const engineering: Row[] = [
  ['Oscar Nyberg', 'Head of Engineering', ['Timely Managers', 'Helpdesk Operators']],
  ['Anders Holm', 'Software Engineer', ['Timely - Apollo']],
  ['Beatriz Costa', 'Software Engineer', ['Timely - Apollo']],
  ['Chen Wei', 'Software Engineer', ['Timely - Apollo']],
  ['Daniel Okafor', 'Site Reliability Engineer', ['Timely - Gemini']],
  ['Emeka Obi', 'Software Engineer', ['Timely - Gemini']],
  ['Fatima Zahra', 'Data Engineer', ['Timely - Gemini', 'Design Guild']],
  ['Giulia Ferri', 'Software Engineer'],
  ['Hugo Lefevre', 'Software Engineer'],
  ['Ivana Petrova', 'Quality Engineer'],
  ['Jakub Nowak', 'Software Engineer'],
  ['Karim Haddad', 'Security Engineer'],
  ['Lucia Romero', 'Software Engineer'],
  ['Mateo Silva', 'Software Engineer'],
  ['Nadia Rahman', 'Software Engineer'],
  ['Pavel Dvorak', 'Data Engineer'],
  ['Quentin Dubois', 'Software Engineer'],
  ['Rosa Jimenez', 'Quality Engineer'],
  ['Sven Eriksson', 'Software Engineer'],
  ['Tara Singh', 'Software Engineer'],
  ['Umar Farouk', 'Software Engineer'],
  ['Vera Kowalska', 'Technical Writer'],
];

/** Finance is not a department of the scope. Only members of `Timely Users` and of groups in it are in scope. */
const finance: Row[] = [
  ['Agnes Keller', 'Head of Controlling', ['Timely Users', 'Timely Managers']],
  ['Bernd Vogel', 'Accountant', ['Timely Users']],
  ['Claire Dumont', 'Accountant', ['Timely Users']],
  ['Dorothea Lang', 'Controller', ['Finance Leads']],
  ['Edgar Simon', 'Controller', ['Finance Leads']],
  ['Filippa Berg', 'Intern', ['Finance Interns']],
  ['Gabriel Stein', 'Intern', ['Finance Interns']],
  ['Heidi Krause', 'Treasurer'],
  ['Igor Sokolov', 'Tax Advisor'],
  ['Johanna Frei', 'Auditor'],
];

/** People who need a rule of their own. */
const special: NewPerson[] = [
  // Already in Timely: added by hand, removed once, an admin.
  person('Lena Fischer', 'Design', 'Product Designer', ['Design Guild']),
  person('Jonas Weber', 'Design', 'Product Designer', ['Design Guild']),
  person('Priya Natarajan', 'Engineering', 'Engineering Manager', ['Timely Admins']),
  // Sensitive: one has a privileged directory role, one is an executive.
  person('Henrik Lund', 'Engineering', 'IT Lead', ['Timely - Gemini']),
  person('Eleanor Vance', 'Finance', 'Chief Financial Officer', ['Timely Users', 'Executives']),
  // Two accounts have one address.
  {
    ...person('Front Desk North', 'Engineering', 'Reception'),
    mail: 'front.desk@contoso.example',
  },
  {
    ...person('Front Desk South', 'Engineering', 'Reception'),
    mail: 'front.desk@contoso.example',
  },
  // Timely refuses the address of one and the name of the other as they are.
  { ...person('Grace Hall', 'Engineering', 'Software Engineer'), mail: 'Grace.Hall@CONTOSO.EXAMPLE' },
  {
    ...person('Robin Vega 2', 'Engineering', 'Software Engineer'),
    userPrincipalName: 'robin.vega2@contoso.example',
  },
  // One has no mail, so the sign-in name is the address. One has no usable address, so no invitation is possible.
  { ...person('Noah Becker', 'Engineering', 'Software Engineer'), mail: null },
  {
    ...person('Build Kiosk', 'Engineering', 'Shared device'),
    userPrincipalName: 'kiosk@contoso',
    mail: null,
  },
  // Excluded, each by another rule.
  person('Payroll Robot', 'Finance', 'Service account', ['Timely Users'], 'payroll-robot@contoso.example'),
  person('Conf Room Rigi', 'Design', 'Meeting room', [], 'room.rigi@contoso.example'),
  person('Yannick Adler', 'Design', 'Photographer', ['Not in Timely']),
];

function person(
  displayName: string,
  department: string,
  jobTitle: string,
  groups: string[] = [],
  userPrincipalName?: string,
): NewPerson {
  return {
    displayName,
    department,
    groups,
    ...(userPrincipalName === undefined ? {} : { userPrincipalName }),
    properties: { jobTitle, companyName: 'Contoso', employeeType: 'Employee' },
  };
}

const ordinary = (department: string, rows: Row[]) =>
  rows.map(([name, jobTitle, groups]) => person(name, department, jobTitle, groups));

/** All people with an account of Contoso. */
export const companyMembers: readonly NewPerson[] = [
  ...ordinary('Design', design),
  ...ordinary('Engineering', engineering),
  ...ordinary('Finance', finance),
  ...special,
];

/** Guests from the consultancy. The last one's contact address is outside the home domain, so any person may have set it. */
export const companyGuests = [
  {
    displayName: 'Nils Haug',
    email: 'nils.haug@northwind-consulting.example',
    state: 'Accepted',
    groups: ['Timely - Apollo'],
  },
  { displayName: 'Paula Reyes', email: 'paula.reyes@northwind-consulting.example', state: 'Accepted' },
  { displayName: 'Samir Patel', email: 'samir.patel@northwind-consulting.example', state: 'Accepted' },
  { displayName: 'Wanda Kim', email: 'wanda.kim@northwind-consulting.example', state: 'Accepted' },
  {
    displayName: 'Xaver Huber',
    email: 'xaver.huber@northwind-consulting.example',
    state: 'PendingAcceptance',
  },
  {
    displayName: 'Malik Stone',
    email: 'malik.stone@northwind-consulting.example',
    mail: 'malik.stone@private-mail.example',
    state: 'Accepted',
  },
] as const;

/** Accounts that were in scope and ended: disabled, deleted, purged. */
export const disabledPerson = person('Tobias Kern', 'Engineering', 'Software Engineer');
export const deletedPerson = person('Ulrike Sommer', 'Design', 'Illustrator', ['Timely Users']);
export const purgedPerson = person('Viktor Reuter', 'Design', 'Illustrator', ['Timely Users']);

export const companyGroups: readonly string[] = [
  'Timely Users',
  'Finance Leads',
  'Finance Interns',
  'Timely Managers',
  'Timely Admins',
  'Executives',
  'Design Guild',
  'Timely - Apollo',
  'Timely - Gemini',
  'Not in Timely',
];

const headOf = { Design: 'Amelie Roth', Engineering: 'Oscar Nyberg', Finance: 'Agnes Keller' } as const;

/** The heads of the departments manage everybody else in them. */
export function setManagers(directory: EditableDirectory): void {
  for (const { displayName, department } of companyMembers) {
    if (department !== 'Design' && department !== 'Engineering' && department !== 'Finance') continue;
    const manager = headOf[department];
    if (manager !== displayName) directory.change(displayName, { manager });
  }
}
