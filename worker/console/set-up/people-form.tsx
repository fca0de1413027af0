/** Groups, departments and domains with their sizes, to choose from; what is chosen stays on top of every list. */

import { includeLineOf } from '../../../config/first-file/include-line.ts';
import type { CountedList, LookListKind, LookReport, NamedCount } from '../../../domain/contract/look.ts';
import { oneLine } from '../../../domain/shown-text.ts';
import { foldText, sameText } from '../../../domain/text.ts';
import { Foreign, grouped, groupedCount, Sentence } from '../elements/text.tsx';
import { FormToken } from '../layout.tsx';
import { Deciders } from './deciders.tsx';
import type { ChosenLine, SetUpDraft } from './draft.ts';
import type { Problems } from './forms.tsx';
import type { Lists } from './people.tsx';
import { setUpPath } from './steps.tsx';

const kinds = { groups: 'group', departments: 'department', domains: 'emailDomain' } as const;
const titles = { groups: 'Groups', departments: 'Departments', domains: 'E-mail domains' } as const;

/** The lines of the tenant file for what a list has. */
export const listedLines = (
  kind: LookListKind,
  { items }: CountedList<NamedCount & { id?: string; isAmbiguous?: boolean }>,
): ChosenLine[] =>
  items.map(({ id = '', name, isAmbiguous = false, people }) =>
    kind === 'groups'
      ? { ...includeLineOf({ id, name, isAmbiguous }), people }
      : { kind: kinds[kind], value: name, comment: '', people },
  );

/** Equal for lines that mean the same. */
export const lineKey = ({ kind, value }: ChosenLine): string => `${kind} ${foldText(value)}`;

interface PeopleFormProps {
  report: LookReport;
  lists: Lists;
  part: string;
  draft: SetUpDraft;
  chosen: readonly ChosenLine[];
  formToken: string;
  redirectUri: string;
  problems: Problems;
}

export const PeopleForm = ({
  report,
  lists,
  part,
  draft,
  chosen,
  formToken,
  redirectUri,
  problems,
}: PeopleFormProps) => (
  <>
    <Overview report={report} />
    <form method="post" action={`${setUpPath}/people`}>
      <FormToken value={formToken} />
      <p>
        Everybody in what you choose comes into Timely; who leaves it, leaves Timely. Begin small: you can add
        more later.
      </p>
      <div class="search">
        <div>
          <label for="part">Find by a part of the name</label>
          <input id="part" name="part" type="search" value={part} autocomplete="off" />
        </div>
        <button type="submit" name="do" value="search" class="second">
          Search
        </button>
      </div>
      {problems.line === undefined ? null : (
        <p class="error" role="alert">
          {problems.line}
        </p>
      )}
      {(['groups', 'departments', 'domains'] as const).map((kind) => (
        <Choices kind={kind} list={lists[kind]} chosen={chosen} />
      ))}
      <Roles report={report} role={draft.role} />
      <Teams report={report} draft={draft} />
      <Deciders draft={draft} redirectUri={redirectUri} problems={problems} />
      <div class="actions">
        <button type="submit" name="do" value="preview">
          See what would happen
        </button>
      </div>
    </form>
    <form method="post" action={`${setUpPath}/people/again`}>
      <FormToken value={formToken} />
      <button type="submit" class="link">
        Read the directory again
      </button>
    </form>
  </>
);

const Overview = ({ report: { directory, timely, evidence } }: { report: LookReport }) => (
  <>
    <ul class="counts">
      <li>
        <strong>{grouped(directory.live)}</strong> live accounts in the directory
      </li>
      {'problem' in timely ? null : (
        <li>
          <strong>{grouped(timely.users)}</strong> people in Timely, {grouped(timely.known)} of them in the
          directory
        </li>
      )}
      {'problem' in timely || timely.seats === null ? null : (
        <li>
          <strong>{grouped(timely.seats.paid - timely.seats.used)}</strong> free seats of{' '}
          {grouped(timely.seats.paid)}
        </li>
      )}
    </ul>
    {evidence === null || evidence.complete ? null : (
      <div class="note warn">
        <p>
          <Sentence text={`Not all of the directory was seen: ${evidence.reasons.join(' ')}`} />
        </p>
      </div>
    )}
    {'problem' in timely ? (
      <div class="note warn">
        <p>
          <Sentence text={`Timely was not looked at: ${timely.problem} ${timely.remedy}`} />
        </p>
      </div>
    ) : null}
  </>
);

const Choices = ({
  kind,
  list,
  chosen,
}: {
  kind: LookListKind;
  list: Lists[LookListKind];
  chosen: readonly ChosenLine[];
}) => {
  const own = chosen.filter((line) => line.kind === kinds[kind]);
  const ownKeys = new Set(own.map(lineKey));
  const listed = listedLines(kind, list).filter((line) => !ownKeys.has(lineKey(line)));
  const more = list.total - list.items.length;
  return (
    <fieldset>
      <legend>{titles[kind]}</legend>
      {own.length + listed.length === 0 ? <p class="hint">None.</p> : null}
      {own.map((line) => (
        <Choice line={line} isChosen />
      ))}
      {listed.map((line) => (
        <Choice line={line} isChosen={false} />
      ))}
      {more > 0 ? <p class="hint">And {grouped(more)} more: a part of the name finds them.</p> : null}
    </fieldset>
  );
};

const Choice = ({ line, isChosen }: { line: ChosenLine; isChosen: boolean }) => {
  const { value, comment, people } = line;
  const name = comment === '' ? value : `${comment} (${value})`;
  return (
    <label class="choice">
      <input type="checkbox" name="line" value={JSON.stringify(line)} checked={isChosen} />
      <span>
        <Foreign text={name} /> <span class="soft">{groupedCount(people, 'person', 'people')}</span>
      </span>
    </label>
  );
};

const Roles = ({ report: { timely }, role }: { report: LookReport; role: string }) => {
  const roles = 'problem' in timely || timely.roles.length === 0 ? [role] : timely.roles;
  const chosen = roles.find((each) => sameText(each, role));
  return (
    <div>
      <label for="role">Role in Timely for those who are new</label>
      <p class="hint">People who are in Timely already keep theirs.</p>
      <select id="role" name="role">
        {roles.map((each) => (
          <option value={each} selected={each === chosen}>
            {oneLine(each)}
          </option>
        ))}
      </select>
    </div>
  );
};

const Teams = ({ report: { proposal, directory }, draft }: { report: LookReport; draft: SetUpDraft }) => {
  const chosen = draft.lines === null ? proposal.teams : draft.teams;
  return (
    <fieldset>
      <legend>Teams in Timely</legend>
      <label class="choice">
        <input type="radio" name="teams" value="departments" checked={chosen === 'departments'} />
        <span>
          A team for each department of those who come in{' '}
          <span class="soft">{groupedCount(directory.departments.total, 'department', 'departments')}</span>
        </span>
      </label>
      <label class="choice">
        <input type="radio" name="teams" value="none" checked={chosen === 'none'} />
        <span>No teams: those in Timely stay as they are</span>
      </label>
    </fieldset>
  );
};
