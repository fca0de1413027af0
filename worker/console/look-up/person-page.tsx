/** Why a person is, or is not, in Timely, and why a team is as it is: the answer, then the story behind it. */

import { utcMoment } from '../../../client/render/words/moments.ts';
import { pastReason, whyFacts } from '../../../client/render/words/why-words.ts';
import type { TenantPages } from '../../../domain/console-pages.ts';
import type { SeveralMeant, WhyAnswer, WhyPerson, WhyTeam } from '../../../domain/contract/why.ts';
import { addressWith, Facts, Pager, Search, Table } from '../elements/lists.tsx';
import { capital, Foreign, groupedCount, Moment, Sentence } from '../elements/text.tsx';
import { LinesTable, NextForLine } from './lines.tsx';
import { CycleLink, WhoLink } from './links.tsx';

export interface PeoplePageProps {
  pages: TenantPages;
  find: string;
  /** Null when nothing was looked for, or nobody was found. */
  answer: WhyAnswer;
  /** How many of several who fit stand before the page. */
  from: number;
}

/** The search, and what it found: one person or team, several to choose from, or nobody. */
export function PeoplePage({ pages, find, answer, from }: PeoplePageProps) {
  return (
    <>
      <Search action={pages.people} label="Name, address, id or team" value={find} />
      {answer === null ? <Nobody find={find} /> : <Found {...{ pages, find, answer, from }} />}
    </>
  );
}

function Nobody({ find }: { find: string }) {
  if (find === '') return <p class="soft">A part of a name or of an address is enough.</p>;
  return (
    <p>
      Neither the directory nor Timely has “<Foreign text={find} />
      ”, as far as they have been read. Try an address, a part of the name, or a team’s name.
    </p>
  );
}

function Found({ answer, ...where }: PeoplePageProps & { answer: NonNullable<WhyAnswer> }) {
  if (answer.kind === 'ambiguous') return <Several {...where} {...answer} />;
  return <Story pages={where.pages} answer={answer} />;
}

type SeveralProps = Omit<PeoplePageProps, 'answer'> & Pick<SeveralMeant, 'candidates' | 'next'>;

function Several({ pages, find, from, candidates, next }: SeveralProps) {
  const isWhole = from === 0 && next === null;
  return (
    <>
      <Table
        caption={isWhole ? groupedCount(candidates.length, 'fits', 'fit') : 'Those who fit, by name'}
        head={['Name', 'Address', 'Kind']}
        none="There are no more."
        rows={candidates.map(({ id, name, email, kind }) => [
          <WhoLink pages={pages} who={id} text={name === '' ? id : name} />,
          email === null ? '–' : <Foreign text={email} />,
          kind,
        ])}
      />
      <Pager
        start={pages.person(find)}
        isFirst={from === 0}
        next={next === null ? null : addressWith(pages.people, { find, after: next })}
      />
    </>
  );
}

function Story({ pages, answer }: { pages: TenantPages; answer: WhyPerson | WhyTeam }) {
  const { waiting, findings, changes, next } = answer;
  const [first] = waiting;
  return (
    <>
      <div class="note">
        <p>
          <strong>{answer.kind === 'person' ? personState(answer) : teamState(answer)}</strong>
        </p>
        <p>Next: {first?.request ? <NextForLine pages={pages} line={first} /> : <Sentence text={next} />}</p>
      </div>
      <Facts
        facts={whyFacts(answer, utcMoment)
          .filter(([label]) => label !== 'members')
          .map(([label, text]) => [capital(label), <Sentence text={text} />])}
      />
      {answer.kind === 'team' && <Members pages={pages} team={answer} />}
      <h2>What waits</h2>
      <LinesTable pages={pages} lines={waiting} caption="What waits" hasHeading none="Nothing waits." />
      <h2>Findings</h2>
      <Table
        caption="Findings"
        hasHeading
        head={['Finding', 'What it says']}
        none="Nothing was found."
        rows={findings.map(({ kind, message }) => [kind, <Sentence text={message} />])}
      />
      <h2>Last changes</h2>
      <Table
        caption="Last changes, newest first"
        hasHeading
        head={['When', 'What was done', 'Why', 'Cycle']}
        none="The sync has changed nothing."
        rows={changes.map((past) => [
          <Moment at={past.at} />,
          past.change,
          <Sentence text={pastReason(past)} />,
          past.cycle > 0 ? <CycleLink pages={pages} number={past.cycle} /> : '–',
        ])}
      />
      <p>
        <a href={addressWith(pages.journal, { find: keyOf(answer) })}>Everything in the journal</a>
      </p>
    </>
  );
}

/** By what the journal finds all entries about them. */
function keyOf(answer: WhyPerson | WhyTeam): string {
  if (answer.kind === 'team') return answer.source ?? answer.name;
  return answer.person?.id ?? answer.timely?.email ?? answer.link?.email ?? '';
}

function personState({ timely }: WhyPerson): string {
  if (timely === null) return 'Not in Timely.';
  if (timely.removed) return 'Removed from Timely.';
  return timely.pending ? 'Invited to Timely, and not signed in yet.' : 'In Timely.';
}

const teamState = ({ timelyId }: WhyTeam): string =>
  timelyId === null ? 'This team is not in Timely.' : 'This team is in Timely.';

function Members({ pages, team: { members, memberCount } }: { pages: TenantPages; team: WhyTeam }) {
  const isCut = members.length < memberCount;
  return (
    <>
      <h2>Members</h2>
      <Table
        caption={
          isCut
            ? `The first ${members.length} of ${groupedCount(memberCount, 'member', 'members')}`
            : groupedCount(memberCount, 'member', 'members')
        }
        head={['Member', 'Leads', 'Put there']}
        none="Nobody is in this team."
        rows={members.map(({ email, lead, managed }) => [
          <WhoLink pages={pages} who={email} />,
          lead ? 'yes' : 'no',
          managed ? 'by the sync' : 'by hand',
        ])}
      />
    </>
  );
}
