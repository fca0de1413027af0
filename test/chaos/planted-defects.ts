/** Defects to plant, each with the story that has to find it. */
import type { GroupUse } from './company.ts';
import type { Plant } from './plant-defect.ts';
import type { Step } from './story.ts';

export interface Defect {
  plants: Plant[];
  story: Step[];
  /** What the difference says. */
  found: RegExp;
}

const edit = (
  edit: Extract<Step, { do: 'directory' }>['edit'],
  who = 0,
  group: GroupUse = 'users',
  department = 0,
): Step => ({ do: 'directory', edit, who, group, department });
const byHand = (edit: Extract<Step, { do: 'by hand' }>['edit'], who = 0, team = 0): Step => ({
  do: 'by hand',
  edit,
  who,
  team,
});
const cycle = (full = false): Step => ({ do: 'cycle', full, killAfter: null });
const breakDirectory = (fault: string, operation: string): Step => ({
  do: 'break the directory',
  fault,
  operation,
  attempt: 1,
});
const loseAnswer = (operation: string): Step => ({
  do: 'break Timely',
  fault: 'responseLost',
  operation,
  attempt: 1,
  times: 1,
});

const unproven: Plant = {
  file: 'activities/read/read-directory.js',
  from: 'evidence.complete = evidence.reasons.length === 0;',
  to: 'evidence.complete = true; evidence.reasons.length = 0;',
};
const replacesAlways: Plant = {
  file: 'store/replica/directory-round.js',
  from: "reasons.length === 0 ? 'replace' : 'add'",
  to: "'replace'",
};
const skipsPointReads: Plant = {
  file: 'store/replica/directory-round.js',
  from: 'if (reasons.length === 0)',
  to: 'if (false)',
};
const removesUnasked: Plant = {
  file: 'activities/apply/remove-person.js',
  from: 'const reason = isGone ? null : await whyNot(services, tenant, row);',
  to: 'const reason = null;',
};

/** By name: what the program does wrong. */
export const defects: Record<string, Defect> = {
  'removes people whom a read left out': {
    plants: [unproven, replacesAlways, skipsPointReads, removesUnasked],
    story: [breakDirectory('fewerObjects', 'users.delta'), cycle(true)],
    found: /was removed while in scope/,
  },
  'moves the cursor behind a page that it did not take': {
    plants: [
      {
        file: 'store/replica/directory-round.js',
        from: "return { mode: 'discard', reasons: [...new Set(doubts)], objects: 0 };",
        to: "return { mode: 'merge', reasons: [...new Set(doubts)], objects: 0 };",
      },
    ],
    story: [
      edit('disable', 1),
      breakDirectory('wallOfNulls', 'users.delta'),
      cycle(),
      { do: 'settle', full: false },
    ],
    found: /out of scope and in Timely/,
  },
  'writes without looking first': {
    plants: [{ file: 'activities/apply/idempotent-write.js', from: 'if (before) {', to: 'if (false) {' }],
    story: [edit('join'), loseAnswer('users.invite'), cycle()],
    found: /was mailed more than once/,
  },
  'takes out who was added by hand': {
    plants: [
      {
        file: 'domain/teams/team-members.js',
        from: "(input.manual === 'keep' && !managed.has(userId))",
        to: 'false',
      },
    ],
    story: [edit('join', 0, 'guild'), cycle()],
    found: /A place by hand is lost/,
  },
  'forgets who leads and whose hours are hidden': {
    plants: [
      {
        file: 'domain/teams/team-members.js',
        from: 'leads && wanted.has(userId) ? leads.has(userId) : wasLead;',
        to: 'false;',
      },
    ],
    story: [edit('join', 0, 'guild'), cycle()],
    found: /A place by hand is lost/,
  },
  'lets sensitive people through': {
    plants: [
      { file: 'domain/gate/sensitive.js', from: 'return (reasonFor(subject) ??', to: 'return (null ??' },
    ],
    story: [cycle()],
    found: /is an executive, and .* without an approval/,
  },
  'does not count removals': {
    plants: [{ file: 'domain/gate/limits.js', from: 'sum > limit', to: 'false' }],
    story: [edit('leave', 0), edit('leave', 0), edit('leave', 0), edit('leave', 0), cycle()],
    found: /is one too many/,
  },
  'counts removals of one cycle alone': {
    plants: [
      {
        file: 'domain/gate/limits.js',
        from: 'const sum = planned + recent;',
        to: 'const sum = planned;',
      },
    ],
    story: [edit('leave', 0), edit('leave', 0), cycle(), edit('leave', 0), edit('leave', 0), cycle()],
    found: /is one too many/,
  },
  'keeps who is disabled': {
    plants: [
      {
        file: 'domain/people/leavers.js',
        from: "verdict.code === 'disabled' || verdict.code === 'paused' ? verdict.code : 'out-of-scope';",
        to: "verdict.code === 'disabled' ? null : 'out-of-scope';",
      },
    ],
    story: [edit('disable', 1), cycle()],
    found: /out of scope and in Timely/,
  },
  'leaves a role that was changed by hand': {
    plants: [
      {
        file: 'domain/people/joiners.js',
        from: 'sameText(user.role, wanted) ? [] : [changeRole(match, user, wanted, context.roles)]',
        to: '[]',
      },
    ],
    story: [byHand('changeRole', 1), cycle(true)],
    found: /has the role manager and not employee|has the role employee and not manager/,
  },
};
