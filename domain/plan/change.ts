/** The vocabulary of a plan: changes, their subjects, and why a change is held or refused. */
import type { FindingKind } from './finding-kinds.ts';

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

/** What a change does, in front of a person or team: `invite Ada`. */
export const changeVerbs: Record<ChangeKind, string> = {
  invite: 'invite',
  reinstate: 'reinstate',
  link: 'link',
  changeRole: 'change role of',
  remove: 'remove',
  createTeam: 'create team',
  renameTeam: 'rename team',
  setTeamMembers: 'set members of team',
  retireTeam: 'retire team',
};

/** What a change does to Timely's users and teams: adds one, changes one, or takes one away. */
export const changeSigns: Record<ChangeKind, '+' | '~' | '-'> = {
  invite: '+',
  reinstate: '+',
  link: '~',
  changeRole: '~',
  remove: '-',
  createTeam: '+',
  renameTeam: '~',
  setTeamMembers: '~',
  retireTeam: '-',
};

/** Whether a change lets a person in: by an invitation, a reinstatement, or a link to a user who is there. */
export const isEntry = (kind: ChangeKind): boolean => ['invite', 'reinstate', 'link'].includes(kind);

/** Rules of the gate that hold a change (docs/reference/rules.md section 5). */
export const holdRules = [
  'sensitive',
  'too-many-removals',
  'too-many-invitations',
  'too-many-role-changes',
  'team-shrinks',
  'adopts-team',
  'lowers-role',
  'incomplete-read',
  'unresolved-group',
  'first-cycle',
  'no-seat',
  'identity-mismatch',
  'possible-duplicate',
  'duplicate-email',
  'already-linked',
  'removed-by-hand',
  'grants-admin',
  'not-previewed',
] as const;
export type HoldRule = (typeof holdRules)[number];

/**
 * Holds that end by themselves with their cause; they need no approval (docs/reference/rules.md section 5).
 */
export const selfEndingHolds: readonly HoldRule[] = [
  'incomplete-read',
  'unresolved-group',
  'no-seat',
  'duplicate-email',
  'already-linked',
];

/** Holds about one person or team, which has an approval of its own. */
export const personalHolds: readonly HoldRule[] = [
  'sensitive',
  'identity-mismatch',
  'possible-duplicate',
  'removed-by-hand',
  'grants-admin',
  'lowers-role',
  'adopts-team',
];

/** Holds by limits, which all changes of a kind trip together, and by a preview; they share one approval. */
export const limitHolds: readonly HoldRule[] = [
  'too-many-removals',
  'too-many-invitations',
  'too-many-role-changes',
  'team-shrinks',
  'first-cycle',
  'not-previewed',
];

/** Reasons to refuse a change; no approval lifts them. */
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

/** The source of a team in the directory: `group:<object id>`, `department:<lower case>` or `domain:<lower case>`. */
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

/** State of a person in Timely before or after a change; null means that they are not in Timely. */
export interface PersonState {
  role: string;
  /** The role was given by hand before the person was linked: the link says so, also after an undo. */
  byHand?: true;
}

/** State of a team before or after a change. `personIds` are the members that the sync manages, sorted. */
export interface TeamState {
  name: string;
  personIds: string[];
  /** Those who lead the team, sorted; absent when the tenant file keeps Timely's leads. */
  leads?: string[];
  /** What an undo does to members; all other members stay. */
  restore?: TeamRestore;
}

/** Members to put back with their flags, and members to take out. */
export interface TeamRestore {
  /** `personId` is set when a link identifies the person: a reinstated user may get a new id. */
  puts: { personId: string | null; userId: number; lead: boolean; hideHours: boolean }[];
  takesOut: number[];
}

interface ChangeBase {
  /** Why the plan has the change, in a sentence for operators. */
  reason: string;
  /** What an approval covers: a digest of kind, subject, reason, before and after. */
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

/** A change before the gate has judged it. */
export type PlannedChange = Omit<PersonChange, 'hold' | 'refusal'> | Omit<TeamChange, 'hold' | 'refusal'>;

/** A fact that operators should know and that no change of the sync can fix. */
export interface Finding {
  kind: FindingKind;
  /** The e-mail address, team name or line that the finding is about. */
  subject: string;
  message: string;
}

/** Why a change is held. */
export type Hold = NonNullable<Change['hold']>;

/** A change of a person as planned, before the gate. */
export type PlannedPersonChange = Omit<PersonChange, 'hold' | 'refusal'>;

/** A change of a team as planned, before the gate. */
export type PlannedTeamChange = Omit<TeamChange, 'hold' | 'refusal'>;
