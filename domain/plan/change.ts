/** The vocabulary of a plan: changes, what they concern, and why one of them waits. */

export const changeKinds = [
  'invite',
  'reinstate',
  'link',
  'changeRole',
  'remove',
  'createTeam',
  'renameTeam',
  'setTeamMembers',
  'retireTeam',
] as const;
export type ChangeKind = (typeof changeKinds)[number];

/** Rules of the gate that hold a change (docs/reference/rules.md section 5). */
export const holdRules = [
  'sensitive',
  'too-many-removals',
  'too-many-invitations',
  'team-shrinks',
  'incomplete-read',
  'first-cycle',
  'no-seat',
  'identity-mismatch',
  'duplicate-email',
  'already-linked',
  'removed-by-hand',
  'grants-admin',
] as const;
export type HoldRule = (typeof holdRules)[number];

/**
 * Holds that end by themselves when their cause ends; nobody is asked about them (docs/reference/rules.md section 5).
 */
export const selfEndingHolds: readonly HoldRule[] = [
  'incomplete-read',
  'no-seat',
  'duplicate-email',
  'already-linked',
];

/** What holds one person's changes for what they are; asked about person by person. */
export const personalHolds: readonly HoldRule[] = [
  'sensitive',
  'identity-mismatch',
  'removed-by-hand',
  'grants-admin',
];

/** Limits are tripped by all changes of a kind together, and asked about in one request. */
export const limitHolds: readonly HoldRule[] = [
  'too-many-removals',
  'too-many-invitations',
  'team-shrinks',
  'first-cycle',
];

/** Refusals: nobody can approve them. */
export const refusalRules = ['owner', 'own-user', 'protected', 'last-admin'] as const;
export type RefusalRule = (typeof refusalRules)[number];

export interface PersonSubject {
  type: 'person';
  personId: string;
  /** Null while the person is not in Timely. */
  timelyId: number | null;
  email: string;
  name: string;
}

/** A team's source in the directory: `group:<object id>`, `department:<lower case>` or `domain:<lower case>`. */
export type TeamSource = string;

export interface TeamSubject {
  type: 'team';
  source: TeamSource;
  /** Null while the team is not in Timely. */
  timelyId: number | null;
  name: string;
}

/** The key of a subject: a person's object id, or a team's source. */
export const subjectKeyOf = (subject: PersonSubject | TeamSubject): string =>
  subject.type === 'person' ? subject.personId : subject.source;

/** What reports call a subject: a person's e-mail address, or a team's name. */
export const subjectTitleOf = (subject: PersonSubject | TeamSubject): string =>
  subject.type === 'person' ? subject.email : subject.name;

/** State of a person in Timely before or after a change; null means "not there". */
export interface PersonState {
  role: string;
}

/** State of a team before or after a change. `personIds` are those whom the sync answers for, sorted. */
export interface TeamState {
  name: string;
  personIds: string[];
  /** Those of them who lead the team, sorted; left out where leads are kept as Timely has them. */
  leads?: string[];
  /** What an undo does to the members; everybody else stays. */
  restore?: TeamRestore;
}

/** Members to put back with their flags, and to take out again. */
export interface TeamRestore {
  /** `personId` where a link says who it is: a user who is taken back may get another number. */
  puts: { personId: string | null; userId: number; lead: boolean; hideHours: boolean }[];
  takesOut: number[];
}

interface ChangeBase {
  /** Why, in a sentence an operator understands. */
  reason: string;
  /** What is approved: a digest of kind, subject, reason, before and after. */
  fingerprint: string;
  hold: { rule: HoldRule; detail: string } | null;
  refusal: { rule: RefusalRule; detail: string } | null;
}

export interface PersonChange extends ChangeBase {
  kind: 'invite' | 'reinstate' | 'link' | 'changeRole' | 'remove';
  subject: PersonSubject;
  before: PersonState | null;
  after: PersonState | null;
}

export interface TeamChange extends ChangeBase {
  kind: 'createTeam' | 'renameTeam' | 'setTeamMembers' | 'retireTeam';
  subject: TeamSubject;
  before: TeamState | null;
  after: TeamState | null;
}

export type Change = PersonChange | TeamChange;

/** A change as the planner makes it, before the gate has looked at it. */
export type PlannedChange = Omit<PersonChange, 'hold' | 'refusal'> | Omit<TeamChange, 'hold' | 'refusal'>;

/** Something an operator should know and that no change of ours can mend. */
export interface Finding {
  kind: string;
  /** E-mail address, team name or rule it is about. */
  subject: string;
  message: string;
}
