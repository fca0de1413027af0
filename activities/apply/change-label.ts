/** What run histories show of a change. */
import type { Change, ChangeKind } from '../../domain/plan/change.ts';
import { labelWithinLimits, markdownText, oneLine } from '../../domain/shown-text.ts';

/** A longer name would push the address out. */
const nameLengthMax = 60;

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

/** "invite Ada Example (ada@contoso.example)" as Markdown, or with object ids alone where `privacy.labels` says so. */
export function changeLabel({ kind, subject }: Change, labels: 'names' | 'ids'): string {
  const who =
    subject.type === 'person'
      ? labels === 'names'
        ? `${oneLine(subject.name, nameLengthMax)} (${subject.email})`
        : subject.personId
      : labels === 'names'
        ? subject.name
        : subject.source;
  return labelWithinLimits((length) => `${verbs[kind]} ${markdownText(who, length)}`);
}
