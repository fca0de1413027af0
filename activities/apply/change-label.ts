/** What run histories show of a change. */
import { type Change, changeVerbs } from '../../domain/plan/change.ts';
import { labelWithinLimits, markdownText, oneLine } from '../../domain/shown-text.ts';

/** A longer name would push the address out. */
const nameLengthMax = 60;

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
  return labelWithinLimits((length) => `${changeVerbs[kind]} ${markdownText(who, length)}`);
}
