/**
 * The outcome of each person of Contoso after the first cycle with `tenants/contoso.yaml`, before any decision. Written by
 * hand from the rules of the tenant file. Tests compare simulators and product with it.
 */

const contoso = (names: string[]) => names.map((name) => `${name}@contoso.example`);
const northwind = (names: string[]) => names.map((name) => `${name}@northwind-consulting.example`);

const design = [
  'amelie.roth',
  'bao.nguyen',
  'carla.mendes',
  'dmitri.volkov',
  'elif.yilmaz',
  'freya.lindqvist',
  'hana.sato',
  'ines.marchetti',
  'jules.moreau',
  'katja.brandt',
  'maeve.oconnor',
  'zoe.albrecht',
];
const engineering = [
  'oscar.nyberg',
  'anders.holm',
  'beatriz.costa',
  'chen.wei',
  'daniel.okafor',
  'emeka.obi',
  'fatima.zahra',
  'giulia.ferri',
  'hugo.lefevre',
  'ivana.petrova',
  'jakub.nowak',
  'karim.haddad',
  'lucia.romero',
  'mateo.silva',
  'nadia.rahman',
  'pavel.dvorak',
  'quentin.dubois',
  'rosa.jimenez',
  'sven.eriksson',
  'tara.singh',
  'umar.farouk',
  'vera.kowalska',
];
/** In Timely Users: three directly, two through Finance Leads in it, two through Finance Interns in that. */
const finance = [
  'agnes.keller',
  'bernd.vogel',
  'claire.dumont',
  'dorothea.lang',
  'edgar.simon',
  'filippa.berg',
  'gabriel.stein',
];

/** Addresses as they must arrive in Timely. */
export const invited: readonly string[] = [
  ...contoso([...design, ...engineering, ...finance]),
  // The mail has its domain in upper case.
  'Grace.Hall@contoso.example',
  // The name has a digit ("Robin Vega 2"), which Timely refuses, so the sync removes it.
  'robin.vega2@contoso.example',
  // Without mail, the sign-in name is the address.
  'noah.becker@contoso.example',
  ...northwind(['nils.haug', 'paula.reyes', 'samir.patel', 'wanda.kim']),
];

/** Removed from Timely earlier. */
export const reinstated: readonly string[] = contoso(['jonas.weber']);

/** Added to Timely by hand. */
export const linked: readonly string[] = contoso(['lena.fischer']);

export const managers: readonly string[] = contoso(['amelie.roth', 'oscar.nyberg', 'agnes.keller']);

/** In scope and held. */
export const held: readonly { email: string; name: string; rule: string; why: string }[] = [
  {
    email: 'henrik.lund@contoso.example',
    name: 'Henrik Lund',
    rule: 'sensitive',
    why: 'Global Administrator',
  },
  { email: 'eleanor.vance@contoso.example', name: 'Eleanor Vance', rule: 'sensitive', why: 'in Executives' },
  {
    email: 'priya.natarajan@contoso.example',
    name: 'Priya Natarajan',
    rule: 'sensitive',
    why: 'is an admin of Timely',
  },
  {
    email: 'malik.stone@private-mail.example',
    name: 'Malik Stone',
    rule: 'identity-mismatch',
    why: 'contact address of another domain than the home address',
  },
  {
    email: 'front.desk@contoso.example',
    name: 'Front Desk North',
    rule: 'duplicate-email',
    why: 'one address for two',
  },
  {
    email: 'front.desk@contoso.example',
    name: 'Front Desk South',
    rule: 'duplicate-email',
    why: 'one address for two',
  },
];

/** In scope by department without a usable address: a finding, not a change. */
export const withoutAddress: readonly string[] = ['Build Kiosk'];

/** Live or ended accounts out of scope, by name. */
export const outOfScope: Readonly<Record<string, string>> = {
  'Heidi Krause': 'Finance, in no group of the scope',
  'Igor Sokolov': 'Finance, in no group of the scope',
  'Johanna Frei': 'Finance, in no group of the scope',
  'Payroll Robot': 'excluded by address',
  'Conf Room Rigi': 'excluded by job title',
  'Yannick Adler': 'excluded by the group Not in Timely',
  'Xaver Huber': 'a guest who has not accepted',
  'Tobias Kern': 'disabled',
  'Ulrike Sommer': 'deleted',
  'Viktor Reuter': 'gone for good',
};

/** In Timely without a person in the directory. */
export const unmanaged: readonly string[] = ['frida@studio-lang.example', 'tom@baker-illustration.example'];
export const owner = 'owner@contoso.example';

/** All teams with the addresses of their members. Held people are in none. */
export const teams: Readonly<Record<string, readonly string[]>> = {
  // An earlier team: Lena leads it, Frida's hours are hidden, Tom was added by hand.
  'Design Guild': [
    ...contoso([
      'amelie.roth',
      'bao.nguyen',
      'carla.mendes',
      'elif.yilmaz',
      'fatima.zahra',
      'lena.fischer',
      'jonas.weber',
    ]),
    ...unmanaged,
  ],
  Apollo: [
    ...contoso(['bao.nguyen', 'anders.holm', 'beatriz.costa', 'chen.wei']),
    ...northwind(['nils.haug']),
  ],
  // Henrik Lund is in the group too, but held.
  Gemini: contoso(['daniel.okafor', 'emeka.obi', 'fatima.zahra']),
  Design: contoso([...design, 'lena.fischer', 'jonas.weber']),
  Engineering: ['Grace.Hall@contoso.example', ...contoso([...engineering, 'robin.vega2', 'noah.becker'])],
  Finance: contoso(finance),
  'Northwind Consulting': northwind(['nils.haug', 'paula.reyes', 'samir.patel', 'wanda.kim']),
};
