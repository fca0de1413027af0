/** What run histories show of a change. */
import type { Change, ChangeKind } from '../../domain/plan/change.ts';
import { markdownText, oneLine } from '../../domain/shown-text.ts';

/**
 * Temporal refuses a summary of more than 400 bytes, and with it the workflow's task; its documentation asks for 200
 * (docs/reference/temporal.md section 1.3). A batch adds how many changes more there are.
 */
const labelLengthMax = 150;
const labelBytesMax = 350;
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
  return withinBytes((length) => `${verbs[kind]} ${markdownText(who, length)}`);
}

/** The longest label within the limits: a character may take four bytes, and one for its escape. */
function withinBytes(label: (length: number) => string, length = labelLengthMax): string {
  const text = label(length);
  return Buffer.byteLength(text) <= labelBytesMax ? text : withinBytes(label, length - 10);
}
