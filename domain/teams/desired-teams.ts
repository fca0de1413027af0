/** Which teams the rules under `teams` ask for, and which people belong to them. */

import { groupBy } from '../group-by.ts';
import { lazy } from '../lazy.ts';
import { domainKey } from '../people/address.ts';
import type { Group } from '../people/directory.ts';
import type { NamedGroup } from '../people/group-findings.ts';
import type { MembershipIndex } from '../people/membership.ts';
import type { Finding, TeamSource } from '../plan/change.ts';
import type { TeamCandidate, UnplannedContext } from '../plan/unplanned-context.ts';
import type { TeamRule } from '../rules.ts';
import { compareText, foldCase, foldText, sameText } from '../text.ts';

/** A team that the rules ask for. */
export interface DesiredTeam {
  source: TeamSource;
  name: string;
  /** The source in words, for reasons: `group "Design Guild"`. */
  label: string;
  /** The pattern that asks for it, so that whoever makes a group or types a department can ask for a team; else null. */
  pattern: string | null;
  /** People in scope who belong to the team, sorted. */
  personIds: string[];
}

export interface DesiredTeams {
  /** In the order of the rules, then of the sources. Each source has one team. */
  teams: DesiredTeam[];
  /** The groups that the rules name. */
  groups: NamedGroup[];
  findings: Finding[];
}

interface DesiredTeamsInput {
  rules: { teams: readonly TeamRule[] };
  index: MembershipIndex;
  groups: readonly Group[];
  inScope: readonly TeamCandidate[];
  /** Set for a partial plan: people in scope besides `inScope`. */
  unplanned?: Pick<UnplannedContext, 'people' | 'departments'> | undefined;
}

/** Returns the source of a team made from a group. */
export const groupSource = (groupId: string): TeamSource => `group:${groupId}`;

/** Returns the object id of the group that a team is made from; null for a team of another source. */
export const groupIdIn = (source: TeamSource): string | null =>
  source.startsWith(groupSource('')) ? source.slice(groupSource('').length) : null;

/** Returns the teams that the rules ask for. When several rules name the same source, the first one decides. */
export function desiredTeams(input: DesiredTeamsInput): DesiredTeams {
  const groups = input.rules.teams.flatMap((rule, position) =>
    rule.kind === 'group'
      ? [{ label: labelOf(position), name: rule.group, resolution: input.index.resolve(rule.group) }]
      : [],
  );
  const maker = teamMaker(input);
  const byRule = input.rules.teams.map((rule) =>
    makeTeams(rule, maker).map((team) => ({ ...team, name: team.name.trim(), pattern: patternOf(rule) })),
  );
  const bySource = new Map<TeamSource, DesiredTeam>();
  for (const team of byRule.flat()) if (!bySource.has(team.source)) bySource.set(team.source, team);
  const findings = input.rules.teams.flatMap((rule, position) =>
    byRule[position]?.length === 0 && rule.kind === 'groupsNamed' ? [noMatchFinding(rule, position)] : [],
  );
  return { teams: [...bySource.values()], groups, findings };
}

interface TeamMaker {
  resolve: MembershipIndex['resolve'];
  /** Sorted by id. */
  groups: readonly Group[];
  /** Departments of the people in scope, in their most common spelling. */
  departments(): readonly string[];
  ofGroup(group: Group, name: string): NamedTeam;
  ofDepartment(department: string, name: string): NamedTeam;
  ofDomain(domain: string, name: string): NamedTeam;
}

type NamedTeam = Omit<DesiredTeam, 'pattern'>;

function teamMaker({ index, groups, inScope, unplanned }: DesiredTeamsInput): TeamMaker {
  const candidates = unplanned ? [...inScope, ...unplanned.people] : inScope;
  const scope = new Set(candidates.map(({ personId }) => personId));
  const byDepartment = lazy(() =>
    groupBy(candidates, ({ department }) => (department === null ? null : foldText(department))),
  );
  const byDomain = lazy(() => groupBy(candidates, ({ domain }) => domain || null));
  const idsOf = (people: readonly TeamCandidate[] = []) =>
    people.map(({ personId }) => personId).sort(compareText);
  return {
    resolve: index.resolve,
    groups: groups.toSorted((a, b) => compareText(a.id, b.id)),
    departments: lazy(() => departmentsOf(inScope, unplanned?.departments ?? new Map())),
    ofGroup: (group, name) => ({
      source: groupSource(group.id),
      name,
      label: `group "${group.name}"`,
      personIds: [...index.peopleIn(group.id)].filter((id) => scope.has(id)).sort(compareText),
    }),
    ofDepartment: (department, name) => ({
      source: `department:${foldText(department)}`,
      name,
      label: `department "${department}"`,
      personIds: idsOf(byDepartment().get(foldText(department))),
    }),
    ofDomain: (domain, name) => ({
      source: `domain:${foldText(domain)}`,
      name,
      label: `domain "${domain}"`,
      personIds: idsOf(byDomain().get(foldText(domain))),
    }),
  };
}

/** The pattern by which a line asks for teams that it does not name; null for a line that names its team's source. */
export function patternOf(rule: TeamRule): string | null {
  if (rule.kind === 'groupsNamed') return foldText(rule.pattern);
  return rule.kind === 'department' && rule.department.trim() === '*' ? '*' : null;
}

function makeTeams(rule: TeamRule, maker: TeamMaker): NamedTeam[] {
  switch (rule.kind) {
    case 'group': {
      const resolution = maker.resolve(rule.group);
      if (resolution.kind !== 'found') return [];
      return [maker.ofGroup(resolution.group, rule.name ?? resolution.group.name)];
    }
    case 'groupsNamed':
      return maker.groups.flatMap((group) => {
        const matched = group.isHidden ? null : matchGroupName(rule.pattern, group);
        const name = matched === null ? '' : nameFrom(rule.name ?? group.name, matched);
        // A pattern that leaves nothing of a group's name asks for no team.
        return name === '' ? [] : [maker.ofGroup(group, name)];
      });
    case 'department': {
      const department = rule.department.trim();
      if (department !== '*') return [maker.ofDepartment(department, rule.name ?? department)];
      return maker.departments().map((each) => maker.ofDepartment(each, nameFrom(rule.name ?? each, each)));
    }
    case 'emailDomain': {
      return [maker.ofDomain(domainKey(rule.emailDomain), rule.name ?? foldText(rule.emailDomain))];
    }
  }
}

/**
 * Returns what the `*` of a pattern matches in the name of a group; null when it does not match. A group that counts by its
 * object id alone has no other name.
 */
export const matchGroupName = (pattern: string, { id, name }: Pick<Group, 'id' | 'name'>): string | null =>
  name === id ? null : matchPattern(pattern, name);

/** Returns what the `*` of the pattern matches in the name; null when the name does not match. */
export function matchPattern(pattern: string, name: string): string | null {
  const [before = '', after] = pattern.trim().split('*');
  const text = name.trim();
  if (after === undefined) return sameText(before, text) ? text : null;
  const folded = foldCase(text);
  const [foldedBefore, foldedAfter] = [foldCase(before), foldCase(after)];
  if (!folded.startsWith(foldedBefore) || !folded.endsWith(foldedAfter)) return null;
  // A folded text may be longer than the text itself, so the lengths are those of the parts that match: nearly always their own.
  const lengths = Array.from({ length: text.length + 1 }, (_, length) => length);
  const isBefore = (length: number) => foldCase(text.slice(0, length)) === foldedBefore;
  const isAfter = (from: number) => foldCase(text.slice(from)) === foldedAfter;
  const usual = Math.max(text.length - after.length, 0);
  const start = isBefore(before.length) ? before.length : lengths.find(isBefore);
  const end = isAfter(usual) ? usual : lengths.findLast(isAfter);
  return start !== undefined && end !== undefined && start <= end ? text.slice(start, end).trim() : null;
}

const nameFrom = (template: string, matched: string) => template.split('$1').join(matched).trim();

/** Departments in their most common spelling. Among equals, the first by code units wins. */
function departmentsOf(inScope: readonly TeamCandidate[], others: ReadonlyMap<string, number>): string[] {
  const spellings = new Map(others);
  for (const { department } of inScope) {
    if (department !== null) spellings.set(department, (spellings.get(department) ?? 0) + 1);
  }
  const byDepartment = groupBy(spellings, ([spelling]) => foldText(spelling));
  return [...byDepartment.values()].map(commonSpelling).sort(compareText);
}

function commonSpelling(spellings: readonly [string, number][]): string {
  const [first] = spellings.toSorted(
    ([one, ofOne], [other, ofOther]) => ofOther - ofOne || compareText(one, other),
  );
  return first?.[0] ?? '';
}

const labelOf = (position: number) => `teams ${position + 1}`;

const noMatchFinding = ({ pattern }: { pattern: string }, position: number): Finding => ({
  kind: 'rule-matches-nobody',
  subject: labelOf(position),
  message: `${labelOf(position)}: no group of the directory matches "${pattern}".`,
});
