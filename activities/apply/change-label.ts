/** What run histories show of a change. */
import type { Change, ChangeKind } from '../../domain/plan/change.ts';

/** Temporal takes summaries of 400 bytes; its documentation asks for 200 (docs/reference/temporal.md section 1.3). */
const labelLengthMax = 150;

const verbs: Record<ChangeKind, string> = {
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

/** "invite Ada Example <ada@contoso.example>", or with object ids alone where `privacy.labels` says so. */
export function changeLabel({ kind, subject }: Change, labels: 'names' | 'ids'): string {
  const who =
    subject.type === 'person'
      ? labels === 'names'
        ? `${subject.name} <${subject.email}>`
        : subject.personId
      : labels === 'names'
        ? subject.name
        : subject.source;
  const label = `${verbs[kind]} ${who}`;
  return label.length > labelLengthMax ? `${label.slice(0, labelLengthMax - 1)}…` : label;
}
