/** A tenant in the store with a person who has left, and with rows about others that mention them in every way there is. */
import { sql } from 'drizzle-orm';
import { validateTenantFile } from '../../../config/tenant-file.ts';
import type { ReportLine } from '../../../domain/contract/report.ts';
import { asJson, type Database } from '../../../store/database.ts';
import { journalEvent, writeJournal } from '../../../store/journal/journal.ts';
import type { StoredChange } from '../../../store/planning/plans.ts';
import { approvalChanges, approvals, decisions } from '../../../store/schema/approval-tables.ts';
import { personLinks } from '../../../store/schema/link-tables.ts';
import { changes, cycles, findings, verdicts } from '../../../store/schema/planning-tables.ts';
import { timelyTeams, timelyUsers, userFolds } from '../../../store/schema/timely-tables.ts';
import { storeConfiguration } from '../../../store/tenants.ts';
import { exampleData } from '../../config/example.ts';

export interface Leaver {
  id: string;
  email: string;
  name: string;
  timelyId: number;
}

const at = new Date('2026-11-23T09:00:00Z');
const group = 'in group "Timely Users"';

/** `mention`: a sentence of the product about another person that names the person with their id. */
export const mentionOf = ({ name, id, timelyId }: Leaver) =>
  `The Timely user bo@contoso.example (${timelyId}) belonged to ${name} (${id}), who left.`;

const bo = {
  type: 'person',
  personId: 'id-bo',
  timelyId: null,
  email: 'bo@contoso.example',
  name: 'Bo Winter',
};
const team = { type: 'team', source: 'group:design', timelyId: 7, name: 'Design' };

/** `others`: the sequence numbers of the journal entries that have nothing to do with the leaver. */
export async function arrangeErasable(
  database: Database,
  tenant: string,
  leaver: Leaver,
): Promise<{ others: number[] }> {
  const { id, email, name, timelyId } = leaver;
  const subject = { type: 'person', personId: id, timelyId, email, name };
  const member = (userId: number) => ({ userId, lead: false, hideHours: false, managed: true });
  const file = (who: string[]) =>
    validateTenantFile({
      ...Object(exampleData()),
      tenant,
      names: { refused: '', instead: Object.fromEntries(who.map((each) => [each, 'Other Name'])) },
      approvals: { approvers: 2, who: ['ops@contoso.example', 'it@contoso.example', ...who] },
    });
  await storeConfiguration(database, tenant, file([email]));
  await storeConfiguration(database, tenant, file([]));

  const rowOf = (position: number, fields: Partial<StoredChange>): StoredChange => ({
    ...{ tenant, cycle: 1, position, phase: 1, kind: 'invite', status: 'done', label: 'invite Bo Winter' },
    ...{ subjectKey: 'id-bo', subject: bo, before: null, after: { role: 'employee' }, reason: group },
    ...{ fingerprint: `print-${position}`, approval: null, failure: null },
    ...{ holdRule: null, holdDetail: null, refusalRule: null, refusalDetail: null },
    ...fields,
  });
  const planned = [
    rowOf(0, {}),
    rowOf(1, { holdRule: 'identity-mismatch', holdDetail: mentionOf(leaver), status: 'held' }),
    rowOf(2, {
      kind: 'remove',
      subjectKey: id,
      subject,
      before: { role: 'employee' },
      after: null,
      reason: 'left',
    }),
    rowOf(3, {
      ...{
        kind: 'setTeamMembers',
        subjectKey: 'group:design',
        subject: team,
        label: 'set members of team Design',
      },
      before: { name: 'Design', personIds: [id, 'id-bo'], leads: [id] },
      after: {
        ...{ name: 'Design', personIds: ['id-bo'] },
        restore: {
          puts: [{ personId: id, userId: timelyId, lead: true, hideHours: false }],
          takesOut: [timelyId, 5],
        },
      },
      failure: { class: 'RejectedError', message: `no ${email}`, remedy: 'Correct it.' },
    }),
  ];
  await database.insert(changes).values(planned);
  await database.insert(cycles).values({
    ...{
      tenant,
      number: 1,
      opening: 'run',
      kind: 'full',
      configurationVersion: 1,
      startedAt: at,
      finishedAt: at,
    },
    ...{ planCycle: 1, counts: null, cycleError: null, evidence: null },
  });
  await database.transaction((store) =>
    writeJournal(
      store,
      tenant,
      planned
        .map((row) =>
          row.kind === 'setTeamMembers'
            ? {
                row,
                before: { id: 7, name: 'Design', size: 2, members: [member(timelyId), member(5)] },
                after: null,
              }
            : { row, before: row.before, after: row.after },
        )
        .filter(({ row }) => row.position !== 1),
      at,
    ),
  );
  const event = (kind: 'decided' | 'linked' | 'paused', key: string, rest: object) =>
    journalEvent(database, tenant, { kind, id: key, at, reason: '', ...rest });
  const decided = {
    decision: 'approve',
    by: 'ops@contoso.example',
    channel: 'command',
    only: [],
    except: [],
  };
  const facts = { rule: 'identity-mismatch', facts: 'f', changes: 1, details: [group] };
  await event('decided', 'approval/1/a', {
    ...{ approval: 1, reason: `${email} is gone`, before: { ...facts, details: [mentionOf(leaver)] } },
    after: { ...decided, by: `${name} <${email}>`, only: [name, `remove:${email}`], except: [] },
  });
  await event('decided', 'approval/2/b', { approval: 2, reason: 'fine', before: facts, after: decided });
  await event('linked', 'c', { after: { by: 'ops@contoso.example', personId: id, timelyId } });
  await event('paused', 'd', {});

  const line: ReportLine = {
    ...{
      position: 0,
      change: 'setTeamMembers',
      status: 'held',
      subject: 'Design',
      name: 'Design',
      why: group,
    },
    ...{ hold: { rule: 'team-shrinks', detail: group }, refusal: null, failure: null },
    effect: { before: 'employee', after: 'not in Timely', says: 'One leaves.', joins: [], leaves: [email] },
  };
  for (const number of [1, 2])
    await database.insert(approvals).values({
      ...{ tenant, number, rule: 'team-shrinks', state: 'open', cycle: 1, openedAt: at, expiresAt: at },
    });
  await database.insert(approvalChanges).values([
    {
      tenant,
      number: 1,
      position: 0,
      fingerprint: 'a',
      subjectKey: 'group:design',
      line,
      approvedBy: [name.toLowerCase(), 'ops@contoso.example'],
    },
    {
      tenant,
      number: 1,
      position: 1,
      fingerprint: 'b',
      subjectKey: id,
      line: { ...line, subject: email, name },
    },
    {
      tenant,
      number: 2,
      position: 0,
      fingerprint: 'c',
      subjectKey: 'group:else',
      line: { ...line, effect: { ...Object(line.effect), leaves: [] } },
    },
  ]);
  const decision = { tenant, decision: 'approve', channel: 'command', changes: 1, facts: 'f', at } as const;
  await database.insert(decisions).values([
    { ...decision, number: 1, id: 'a', by: name, note: `because ${email} is gone` },
    { ...decision, number: 2, id: 'b', by: 'ops@contoso.example', note: 'an employee, true or false' },
  ]);
  const finding = { tenant, cycle: 1, since: 1 };
  await database.insert(findings).values([
    {
      ...finding,
      position: 0,
      kind: 'no-email',
      subject: email,
      subjectFolded: email,
      message: `${name} has no address.`,
    },
    {
      ...finding,
      position: 1,
      kind: 'odd-record',
      subject: 'Design',
      subjectFolded: 'design',
      message: `Taken out: ${email}.`,
    },
    { ...finding, position: 2, kind: 'odd-record', subject: 'Other', subjectFolded: 'other', message: group },
  ]);
  await database.insert(personLinks).values([
    { tenant, personId: id, timelyId, state: 'removed', email },
    { tenant, personId: 'id-bo', timelyId: 5, state: 'present', email: bo.email },
  ]);
  await database.insert(verdicts).values([
    {
      tenant,
      personId: id,
      inScope: false,
      code: 'no-rule',
      reason: 'left',
      email,
    },
    {
      tenant,
      personId: 'id-bo',
      inScope: true,
      code: 'included',
      reason: group,
      email: bo.email,
    },
  ]);
  const user = (userId: number, address: string, called: string) => ({
    ...{
      tenant,
      id: userId,
      email: address,
      name: called,
      role: 'employee',
      removed: true,
      updatedAt: 1,
      seenIn: 1,
    },
    ...userFolds({ email: address, name: called, externalId: null }),
  });
  await database.insert(timelyUsers).values([user(timelyId, email, name), user(5, bo.email, bo.name)]);
  await database
    .insert(timelyTeams)
    .values({ tenant, id: 7, name: 'Design', members: [member(timelyId), member(5)] });
  await database.execute(sql`
    insert into directory_people (tenant, id, facts)
    values (${tenant}, 'id-bo', ${asJson({ name: bo.name, mail: bo.email, managerId: id })})`);
  const { rows } = await database.execute<{ sequence: string }>(sql`
    select sequence from journal_entries where tenant = ${tenant}
    and (kind in ('configured', 'paused') or subject_key in ('id-bo', 'approval/2/b'))`);
  return { others: rows.map(({ sequence }) => Number(sequence)) };
}
