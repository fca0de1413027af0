/**
 * The rule of `tenants/contoso.yaml` that decides about each of Contoso's people after the first cycle. Written by hand
 * from docs/reference/rules.md section 2 and the tenant file, like test/simulators/expected-first-cycle.ts.
 */

export interface RuleOf {
  name: string;
  inScope: boolean;
  rule: string;
  /** Rule of the gate that holds them. */
  waits?: string;
  finding?: string;
}

const inDepartment = (department: string) => `scope.include 2: department "${department}"`;
const inGroup = (...path: string[]) =>
  `scope.include 1: in group ${['Timely Users', ...path].map((group) => `"${group}"`).join(' > ')}`;
const ofNorthwind = 'scope.include 3: domain "northwind-consulting.example"';
const noRule = 'no line of scope.include matches';

const all = (rule: string, names: string[]): RuleOf[] => names.map((name) => ({ name, inScope: true, rule }));

export const rulesOfContoso: readonly RuleOf[] = [
  ...all(inDepartment('Design'), [
    'Amelie Roth',
    'Bao Nguyen',
    'Carla Mendes',
    'Dmitri Volkov',
    'Elif Yilmaz',
    'Freya Lindqvist',
    'Hana Sato',
    'Ines Marchetti',
    'Jules Moreau',
    'Katja Brandt',
    "Maeve O'Connor",
    'Zoë Albrecht',
    'Lena Fischer',
    'Jonas Weber',
  ]),
  ...all(inDepartment('Engineering'), [
    'Oscar Nyberg',
    'Anders Holm',
    'Beatriz Costa',
    'Chen Wei',
    'Daniel Okafor',
    'Emeka Obi',
    'Fatima Zahra',
    'Giulia Ferri',
    'Hugo Lefevre',
    'Ivana Petrova',
    'Jakub Nowak',
    'Karim Haddad',
    'Lucia Romero',
    'Mateo Silva',
    'Nadia Rahman',
    'Pavel Dvorak',
    'Quentin Dubois',
    'Rosa Jimenez',
    'Sven Eriksson',
    'Tara Singh',
    'Umar Farouk',
    'Vera Kowalska',
    'Grace Hall',
    'Noah Becker',
  ]),
  ...all(inGroup(), ['Agnes Keller', 'Bernd Vogel', 'Claire Dumont']),
  ...all(inGroup('Finance Leads'), ['Dorothea Lang', 'Edgar Simon']),
  ...all(inGroup('Finance Leads', 'Finance Interns'), ['Filippa Berg', 'Gabriel Stein']),
  ...all(ofNorthwind, ['Nils Haug', 'Paula Reyes', 'Samir Patel', 'Wanda Kim']),
  // In scope and held: an administrator of the directory, an executive, an admin of Timely, a guest whose contact
  // address is outside the home domain, and two accounts with one address.
  { name: 'Henrik Lund', inScope: true, rule: inDepartment('Engineering'), waits: 'sensitive' },
  { name: 'Eleanor Vance', inScope: true, rule: inGroup(), waits: 'sensitive' },
  { name: 'Priya Natarajan', inScope: true, rule: inDepartment('Engineering'), waits: 'sensitive' },
  { name: 'Malik Stone', inScope: true, rule: ofNorthwind, waits: 'identity-mismatch' },
  { name: 'Front Desk North', inScope: true, rule: inDepartment('Engineering'), waits: 'duplicate-email' },
  { name: 'Front Desk South', inScope: true, rule: inDepartment('Engineering'), waits: 'duplicate-email' },
  // Timely takes no digits in names, so the sync removes them and reports a finding.
  {
    name: 'Robin Vega 2',
    inScope: true,
    rule: inDepartment('Engineering'),
    finding: 'name-has-digits',
  },
  // In scope without a usable address.
  { name: 'Build Kiosk', inScope: true, rule: inDepartment('Engineering'), finding: 'no-email' },
  // Out of scope: Finance is not a department of the scope; three exclusions; a pending guest; a disabled account.
  { name: 'Heidi Krause', inScope: false, rule: noRule },
  { name: 'Igor Sokolov', inScope: false, rule: noRule },
  { name: 'Johanna Frei', inScope: false, rule: noRule },
  { name: 'Yannick Adler', inScope: false, rule: 'scope.exclude 1: in group "Not in Timely"' },
  {
    name: 'Payroll Robot',
    inScope: false,
    rule: 'scope.exclude 2: address "payroll-robot@contoso.example"',
  },
  { name: 'Conf Room Rigi', inScope: false, rule: 'scope.exclude 3: jobTitle "Meeting room"' },
  { name: 'Xaver Huber', inScope: false, rule: 'the invitation is not accepted yet' },
  { name: 'Tobias Kern', inScope: false, rule: 'the account is disabled in the directory' },
];
