import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { groupsNamedIn } from '../../config/rules.ts';
import { parseTenantFile, validateTenantFile } from '../../config/tenant-file.ts';
import { entraOf, exampleData, exampleText, exampleWith, refusalOf } from './example.ts';

const minimal = {
  tenant: 'small',
  source: { type: 'entra', tenantId: 'contoso.example', clientId: 'app', credential: { secret: 'env:A' } },
  target: { type: 'timely', accountId: 1, application: { clientId: 'env:B', clientSecret: 'file:/c' } },
  scope: { include: [{ everyone: true }] },
};

test.each([
  ['contoso.yaml', 'entra'],
  ['contoso-okta.yaml', 'okta'],
  ['contoso-sap.yaml', 'sap'],
])("the sandbox's %s is valid, and its tenant has one name", (name, type) => {
  const text = readFileSync(join(import.meta.dirname, '..', '..', 'tenants', name), 'utf8');
  const { tenant, source } = parseTenantFile(text, name);
  expect([tenant, source.type]).toEqual(['contoso', type]);
});

describe('a tenant file', () => {
  test('takes every default of the example when it has only the required keys', () => {
    const example = exampleWith();
    const small = validateTenantFile(minimal);
    for (const section of ['teamMembers', 'leavers', 'approvals', 'schedule', 'privacy', 'notify'] as const) {
      expect(small[section]).toEqual(example[section]);
    }
    expect(small.safety).toEqual({
      ...example.safety,
      protect: [],
      sensitive: { directoryRoles: true, timelyRoles: ['admin'], groups: [], emails: [] },
    });
    expect(small.roles).toEqual({ default: 'employee', adopted: 'keep', rules: [] });
    expect(entraOf(small).cloud).toBe('global');
    expect(small.target.requestsPerSecond).toBe(5);
  });

  test('takes the other defaults of a section that is given in part', () => {
    const { safety } = validateTenantFile({ ...minimal, safety: { removals: { max: 3 } } });
    expect(safety.removals).toEqual({ max: 3, percent: 10, windowDays: 7 });
    expect(safety.invitations.max).toBe(100);
  });

  test('takes the default of a section whose lines are all commented out', () => {
    const file = parseTenantFile(`${exampleText}\nnotify:\n#  - {teams: env:X}\n`, 'tenant.yaml');
    expect(file.notify).toEqual([]);
  });

  test('may have one value in place of a list', () => {
    const include = [{ department: 'Design', emailDomain: 'a.example', where: { jobTitle: 'Designer' } }];
    expect(validateTenantFile({ ...minimal, scope: { include } }).scope.include).toEqual([
      { department: ['Design'], emailDomain: ['a.example'], where: { jobTitle: ['Designer'] } },
    ]);
  });

  test('reads a Date as its day', () => {
    const include = [{ everyone: true, until: new Date('2027-03-31T00:00:00Z') }];
    expect(validateTenantFile({ ...minimal, scope: { include } }).scope.include[0]?.until).toBe('2027-03-31');
  });

  test('may have each kind of credential, alone', () => {
    for (const credential of [
      { certificate: 'file:/run/secrets/contoso.pem' },
      { federatedToken: 'file:/var/run/secrets/azure/token' },
      { managedIdentity: '5e6f0000-1111-2222-3333-444455556666' },
    ]) {
      const file = validateTenantFile({ ...minimal, source: { ...minimal.source, credential } });
      expect(file.source.credential).toEqual(credential);
    }
  });

  test('may name groups of people who decide or look on, and how they sign in', () => {
    const signIn = {
      issuer: 'https://login.contoso.example',
      clientId: 'sync',
      clientSecret: 'env:TENANT_CONTOSO_X',
    };
    const file = validateTenantFile({
      ...minimal,
      approvals: { approvers: 2, who: ['lea@contoso.example', 'group:IT Leads'], proof: 'required' },
      console: { signIn, viewers: ['group:Helpdesk'] },
    });
    expect(file.approvals).toMatchObject({
      proof: 'required',
      who: ['lea@contoso.example', 'group:IT Leads'],
    });
    expect(file.console).toEqual({ signIn, viewers: ['group:Helpdesk'] });
    expect(groupsNamedIn(file)).toEqual(expect.arrayContaining(['IT Leads', 'Helpdesk']));
    expect(validateTenantFile(minimal)).toMatchObject({
      approvals: { proof: 'none' },
      console: { viewers: [] },
    });
  });

  test('may use the application of the installation in place of one of its own', () => {
    const { tenantId: _, clientId: __, credential: ___, ...entra } = minimal.source;
    const tenantId = '8f0c2a4e-1111-2222-3333-444455556666';
    const shared = { ...entra, tenantId, application: 'shared' };
    expect(entraOf(validateTenantFile({ ...minimal, source: shared })).clientId).toBeUndefined();
    const refused = (source: object) => () => validateTenantFile({ ...minimal, source });
    expect(refused({ ...shared, tenantId: 'contoso.example' })).toThrow(
      'source.tenantId: must be the directory',
    );
    expect(refused({ ...shared, clientId: 'app' })).toThrow('source.application: is the installation');
    expect(refused({ ...entra, tenantId })).toThrow(
      /source.clientId: is missing.*source.credential: is missing/s,
    );
  });

  test('may have the lines that the example has as comments', () => {
    const file = exampleWith({
      '# endpoints: ': 'endpoints: ',
      '#   login:': '  login:',
      '#   graph:': '  graph:',
      '# initialRefreshToken:': 'initialRefreshToken:',
      '# endpoint: https://localhost:8444': 'endpoint: https://localhost:8444',
      '# - {assignedToApp: true} ': '- {assignedToApp: true} ',
      '# - {where: {employeeType': '- {where: {employeeType',
      '# - {everyone: true}': '- {everyone: true}',
      '# who:': 'who:',
      '# notify:': 'notify:',
      '#   - {teams:': '  - {teams:',
      '#   - {slack:': '  - {slack:',
      '#   - {webhook:': '  - {webhook:',
      '#   - {email:': '  - {email:',
    });
    expect(entraOf(file).endpoints).toEqual({
      login: 'https://localhost:8443',
      graph: 'https://localhost:8443',
    });
    expect(file.target.endpoint).toBe('https://localhost:8444');
    expect(file.scope.include).toHaveLength(6);
    expect(file.approvals.who).toEqual(['it-lead@contoso.example']);
    expect(file.notify[3]).toEqual({
      email: ['it@contoso.example'],
      only: ['request', 'escalation', 'trouble', 'finding'],
    });
  });

  test('stays the same when it is stored as JSON and validated again', () => {
    const file = exampleWith();
    expect(validateTenantFile(JSON.parse(JSON.stringify(file)))).toEqual(file);
  });
});

const whereOf = (where: Record<string, unknown>) => {
  const data = Object(exampleData());
  const scope = { ...data.scope, include: [{ where }] };
  return () => validateTenantFile({ ...data, scope }).scope.include[0]?.where;
};

describe('a line with `where`', () => {
  const extension = 'extension_8f0c2a4e111122223333444455556666_costCentre';
  test.each([
    ['extensionAttribute1', 'extensionAttribute1'],
    ['ExtensionAttribute15', 'extensionAttribute15'],
    ['onPremisesExtensionAttributes.extensionAttribute2', 'extensionAttribute2'],
    ['onPremisesExtensionAttributes/extensionAttribute3', 'extensionAttribute3'],
    ['EMPLOYEETYPE', 'employeeType'],
    [extension, extension],
    ['extension_8F0C2A4E-1111-2222-3333-444455556666_costCentre', extension],
  ])('may name the attribute %s, read as %s', (written, name) => {
    expect(whereOf({ [written]: 'Blue' })()).toEqual({ [name]: ['Blue'] });
  });

  test.each([
    ['extensionAttribute16', 'unknown attribute "extensionAttribute16", did you mean "extensionAttribute1"?'],
    ['employeTyp', 'unknown attribute "employeTyp", did you mean "employeeType"?'],
    ['constructor', 'unknown attribute "constructor"'],
    ['toString', 'unknown attribute "toString"'],
    ['extension_costCentre', 'unknown attribute "extension_costCentre"'],
    ['onPremisesExtensionAttributes', 'unknown attribute "onPremisesExtensionAttributes"'],
  ])('is refused in words for the attribute %s', (written, message) => {
    expect(whereOf({ [written]: 'Blue' })).toThrow(message);
  });

  test('is refused for an attribute that it names twice', () => {
    expect(whereOf({ jobTitle: 'Lead', JobTitle: 'Clerk' })).toThrow('names jobTitle a second time');
  });
});

describe('a tenant file is refused for', () => {
  test('a literal secret, and the message does not repeat it', () => {
    for (const place of [
      'secret: env:TENANT_CONTOSO_ENTRA_SECRET',
      'clientId: env:TIMELY_CLIENT_ID',
      'clientSecret: env:TIMELY_CLIENT_SECRET',
    ]) {
      const [key] = place.split(':');
      const message = refusalOf({ [place]: `${key}: hunter2~very~secret` });
      expect(message).toContain(
        `${key}: is a secret: it must be a reference, env:NAME or file:/absolute/path`,
      );
      expect(message).not.toContain('hunter2');
    }
  });

  test('a YAML mistake beside a literal secret, and the message does not repeat it', () => {
    for (const value of [
      '[hunter2',
      '"hunter2',
      '*hunter2',
      '}hunter2',
      '@hunter2',
      '|hunter2',
      'a: hunter2: b',
    ]) {
      const message = refusalOf({ 'secret: env:TENANT_CONTOSO_ENTRA_SECRET': `secret: ${value}` });
      expect(message).toMatch(/^tenant\.yaml/);
      expect(message).not.toContain('hunter2');
    }
  });

  test('an unknown key, and the message names the nearest known one', () => {
    const message = refusalOf({ 'graceDays:': 'graceDay:', 'group: Not in Timely': 'grup: Not in Timely' });
    expect(message).toContain('leavers: unknown key "graceDay", did you mean "graceDays"?');
    expect(message).toContain('scope.exclude 1: unknown key "grup", did you mean "group"?');
  });

  test('an unknown key that resembles none, and the message lists the known ones', () => {
    expect(refusalOf({ 'labels: names': 'colour: blue' })).toContain(
      'privacy: unknown key "colour" (known here: labels, keepJournal)',
    );
  });

  test('several mistakes, and one message has all of them with their paths', () => {
    const message = refusalOf({
      'tenant: contoso ': 'tenant: Contoso Ltd ',
      'guests: exclude ': 'guests: perhaps ',
      'accountId: 987654': 'accountId: none',
      'until: 2027-03-31': 'until: 2027-02-30',
      '{ max: 10, percent': '{ max: -1, percent',
      'every: 5m ': 'every: 5 minutes ',
    });
    expect(message.split('\n')).toEqual([
      'tenant.yaml has 6 problems:',
      '  line 6, column 9: tenant: must be 1 to 40 characters of a-z, 0-9 and - (found: "Contoso Ltd")',
      '  line 24, column 14: target.accountId: must be a number (found: "none")',
      '  line 34, column 73: scope.include 3 until: must be a day that exists, YYYY-MM-DD (found: "2027-02-30")',
      '  line 42, column 11: scope.guests: must be exclude | include (found: "perhaps")',
      '  line 66, column 20: safety.removals.max: must be at least 0 (found: -1)',
      '  line 93, column 10: schedule.every: must be a duration such as 30s, 5m, 24h or 7d (found: "5 minutes")',
    ]);
  });

  test('a missing key', () => {
    const { scope: _, ...rest } = minimal;
    expect(() => validateTenantFile(rest)).toThrow('scope: is missing, must be a mapping of keys');
  });

  test('invalid YAML, and the message has the line', () => {
    expect(() => parseTenantFile('tenant: contoso\nsource: x: y\n', 'a.yaml')).toThrow(
      /a\.yaml, line 2, column \d+/,
    );
  });

  test('a key that occurs twice', () => {
    expect(() => parseTenantFile('tenant: a\ntenant: b\n', 'a.yaml')).toThrow('line 2, column 1');
  });

  test('no content, a list, a reference to itself', () => {
    for (const text of ['', '# nothing\n', '- tenant: a', 'tenant: &a [*a]']) {
      expect(() => parseTenantFile(text, 'a.yaml')).toThrow(/a\.yaml/);
    }
  });

  test.each([
    ['no credential or two', { 'secret: env:TENANT_CONTOSO_ENTRA_SECRET': '{}' }, 'exactly one of secret'],
    [
      'a plain http endpoint',
      { '# endpoint: https://localhost': 'endpoint: http://localhost' },
      'https:// address',
    ],
    [
      'a password in an address',
      { '# endpoint: https://localhost': 'endpoint: https://user:hunter2@localhost' },
      'without user and password',
    ],
    ['a rule without a condition', { '{ group: Timely Users }': '{guests: true}' }, 'at least one condition'],
    [
      'a condition left empty',
      { '{ group: Timely Users }': '{group: Timely Users, department: }' },
      'department',
    ],
    ['a pattern without a *', { 'Timely - *': 'Timely' }, 'teams 2 fromGroupsNamed: must have exactly one *'],
    ['a name that all teams would share', { 'name: "$1"': 'name: Everybody' }, 'must contain $1'],
    [
      'a name for all departments',
      { 'fromDepartment: "*"': 'fromDepartment: "*", name: All' },
      'teams 3 name',
    ],
    [
      'a team from two sources',
      { '{ fromGroup: Design Guild }': '{fromGroup: A, fromDepartment: B}' },
      'exactly one',
    ],
    [
      'a rate that keeps the account from other tenants',
      { 'requestsPerSecond: 5': 'requestsPerSecond: 0.0001' },
      'target.requestsPerSecond: must be at least 0.2',
    ],
    ['an unlimited limit', { 'max: 10,': 'max: .inf,' }, 'safety.removals.max: must be a number'],
    [
      'fewer approvers than required',
      { 'approvers: 1 ': 'approvers: 2 ', '# who:': 'who:' },
      'approvals.who',
    ],
    ...[
      ['several approvers without their addresses', 'is needed with more than one approver', ''],
      ['an address with a letter that looks like another', 'in ASCII', 'who: [l\u0435a@x.example]'],
      ['an address in full-width letters', 'in ASCII', 'who: [\uff4cea@x.example]'],
      ['a domain with a dot at its end', 'in ASCII', 'who: [lea@x.example.]'],
      ['a domain in other letters', 'in ASCII', 'who: [lea@m\u00fcnchen.example]'],
      [
        'one mailbox in two spellings',
        'one mailbox or one group twice',
        'who: [lea@x.example, LEA@X.example]',
      ],
      ['one mailbox with a tag', 'one mailbox or one group twice', 'who: [lea@x.example, lea+2@x.example]'],
    ].map(([name = '', words = '', who = '']): [string, Record<string, string>, string] => [
      `approvers: ${name}`,
      { 'approvers: 1 ': `approvers: 2\n  ${who} ` },
      words,
    ]),
    [
      'text that YAML reads as a number',
      { 'groups: [Executives]': 'groups: [2024]' },
      'groups 1: must be text: put it in quotes (found: 2024)',
    ],
  ])('%s', (_, replacements, words) => {
    expect(refusalOf(replacements)).toContain(words);
  });

  test('data that JSON cannot hold', () => {
    expect(() => validateTenantFile(undefined)).toThrow('not plain data');
    expect(() => validateTenantFile({ ...exampleShape(), tenant: 1n })).toThrow('not plain data');
  });
});

function exampleShape(): object {
  const data = exampleData();
  return typeof data === 'object' && data !== null ? data : {};
}
