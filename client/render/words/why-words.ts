/** Why a person or a team is as they are, in words: for the command `why` and for the console's pages. */
import type { PastChange, WhyPerson, WhyTeam } from '../../../domain/contract/why.ts';
import { spokenReason } from './change-words.ts';
import { moment, type When } from './moments.ts';

/** One fact: what it is about, and what is known. */
export type Fact = [label: string, text: string];

/** What is known of a person or a team; what is not known is left out. */
export function whyFacts(answer: WhyPerson | WhyTeam, when: When = moment): Fact[] {
  const facts = answer.kind === 'person' ? personFacts(answer, when) : teamFacts(answer, when);
  return facts.filter(([, text]) => text !== '');
}

/** `Ada Example <ada@contoso.example>`, `Team Design`. */
export function whyTitle(answer: WhyPerson | WhyTeam): string {
  if (answer.kind === 'team') return `Team ${answer.name}`;
  const { person, timely, link } = answer;
  const email = person?.email ?? timely?.email ?? link?.email ?? '';
  const name = person?.name ?? timely?.name ?? email;
  return email === '' ? name : `${name} <${email}>`;
}

function personFacts({ person, verdict, link, timely, teams, asOf }: WhyPerson, when: When): Fact[] {
  const state = person
    ? [person.enabled ? '' : 'disabled', person.userPrincipalName, person.id].filter(Boolean).join(', ')
    : '';
  return [
    ['directory', person ? state : 'has no such person'],
    ['rule', verdict ? `${verdict.inScope ? 'in scope' : 'not in scope'}: ${verdict.reason}` : ''],
    [
      'Timely',
      timely
        ? `${timely.removed ? 'removed' : timely.role}, user ${timely.id}${timely.pending ? ', invited and not signed in yet' : ''}`
        : 'not there',
    ],
    ['link', link ? linkText(link, when) : 'none'],
    ['teams', teams.join(', ')],
    ['as of', asOf ? `cycle ${asOf.cycle}, ${when(asOf.at)}` : 'no cycle has been yet'],
  ];
}

function linkText(
  { state, timelyId, role, outOfScopeSince }: NonNullable<WhyPerson['link']>,
  when: When,
): string {
  const given = role === null ? '' : `; the sync gave them the role ${role}`;
  const last = state === 'removed' ? '; the sync removed them' : given;
  const since = outOfScopeSince ? `; out of scope since ${when(outOfScopeSince)}` : '';
  return `to the Timely user ${timelyId}${last}${since}`;
}

function teamFacts(answer: WhyTeam, when: When): Fact[] {
  const { source, rule, timelyId, members, memberCount, asOf } = answer;
  const named = members.map(
    ({ email, lead, managed }) => `${email}${lead ? ' (lead)' : ''}${managed ? '' : ' (by hand)'}`,
  );
  return [
    ['rule', rule ?? (source ? 'no line of teams asks for it any more' : 'no line of teams asks for it')],
    ['source', source ?? ''],
    ['Timely', timelyId === null ? 'not there' : `team ${timelyId}${originText(answer)}`],
    ['members', `${memberCount}${named.length > 0 ? `: ${named.join(', ')}` : ''}`],
    ['as of', asOf ? `cycle ${asOf.cycle}, ${when(asOf.at)}` : 'no cycle has been yet'],
  ];
}

/** A team that the plan wants and that has no link waits to be adopted. */
const originText = ({ source, origin }: WhyTeam): string =>
  origin ? `, ${origin}` : source ? ', not adopted yet' : '';

/** Why a change of the past was made, and which approval permitted it. */
export const pastReason = ({ reason, approval }: PastChange): string =>
  approval ? `${spokenReason(reason)} (approved: ${approval})` : spokenReason(reason);
