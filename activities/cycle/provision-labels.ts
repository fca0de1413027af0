/** What the histories of a provision show of people, as `privacy.labels` of the tenant file says. */
import type { ProvisionedPerson } from '../../domain/contract/provision.ts';
import type { ReportLine } from '../../domain/contract/report.ts';
import type { ScopeVerdict } from '../../domain/people/verdict.ts';
import type { Change } from '../../domain/plan/change.ts';

type Labels = 'names' | 'ids';

/** The person by name and address, or by object id alone. */
export const labelledPerson = (person: ProvisionedPerson, labels: Labels): ProvisionedPerson =>
  labels === 'names' ? person : { id: person.id, name: person.id, email: null };

/** Why the person is in scope or not; with ids the code alone, as a line under `scope` may be one address. */
export const labelledReason = ({ code, reason }: ScopeVerdict, labels: Labels): string =>
  labels === 'names' ? reason : code;

/** A step as it is, or without what may name a person: the rule of a hold and the class of a failure stay. */
export function labelledLine(
  line: ReportLine,
  { subject, tenant, labels }: { subject: Change['subject']; tenant: string; labels: Labels },
): ReportLine {
  if (labels === 'names') return line;
  const id = subject.type === 'person' ? subject.personId : subject.source;
  const detail = `timely-sync why ${tenant} ${id} says more`;
  const { hold, refusal, failure } = line;
  return {
    ...line,
    subject: id,
    name: id,
    why: detail,
    hold: hold && { ...hold, detail },
    refusal: refusal && { ...refusal, detail },
    failure: failure && { ...failure, message: `${failure.class}: ${detail}.`, remedy: '' },
  };
}
