/** Links between the pages of a tenant. */

import type { TenantPages } from '../../../domain/console-pages.ts';
import { parseApprovalId } from '../../../workflows/messages.ts';
import { Foreign } from '../elements/text.tsx';

interface SubjectProps {
  pages: TenantPages;
  name: string;
  /** E-mail address or team name; empty once the person is erased. */
  subject: string;
}

/** A person or a team, with the way to why they are as they are. */
export function SubjectLink({ pages, name, subject }: SubjectProps) {
  const link = subject === '' ? null : <WhoLink pages={pages} who={subject} />;
  if (name === '' || name === subject) return link ?? <>(erased)</>;
  return (
    <>
      <Foreign text={name} /> {link}
    </>
  );
}

/** `who`: an id, an address or a name; `text`: what is shown in its place. */
export const WhoLink = ({ pages, who, text = who }: { pages: TenantPages; who: string; text?: string }) => (
  <a href={pages.person(who)}>
    <Foreign text={text} />
  </a>
);

/** The request with the id `contoso/3`. */
export function RequestLink({ pages, id }: { pages: TenantPages; id: string }) {
  const number = parseApprovalId(id)?.approval;
  return number === undefined ? <Foreign text={id} /> : <a href={pages.approval(number)}>{id}</a>;
}

/** Cycle 7. */
export const CycleLink = ({ pages, number }: { pages: TenantPages; number: number }) => (
  <a href={pages.cycle(number)}>{number}</a>
);
