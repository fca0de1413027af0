/** What the chaos stories need of a simulated directory: edits, a view for the oracle, faults. */
import type { EditableDirectory, NewPerson } from '../../../simulators/directory.ts';
import type { FaultSetting, Faults } from '../../../simulators/faults.ts';
import type { Ledger } from '../../../simulators/ledger.ts';
import type { MicrosoftState } from '../../../simulators/microsoft/directory/state.ts';
import type { OktaState } from '../../../simulators/okta/directory/state.ts';
import type { Sandbox } from '../../../simulators/sandbox.ts';
import type { SapState } from '../../../simulators/sap/directory/state.ts';
import type { GroupIds } from '../company.ts';

export const directoryEdits = [
  'join',
  'disable',
  'enable',
  'leave',
  'restore',
  'rehire',
  'move',
  'newMail',
  'enter',
  'exit',
  'renameGroup',
  'recreateGroup',
  'takeName',
  'hideGroup',
  'exchangeNames',
  'changeCase',
  'recycleAddress',
  'nest',
  'unnest',
] as const;
export type DirectoryEdit = (typeof directoryEdits)[number];

/** Returns all edits but these. */
export const editsWithout = (...left: DirectoryEdit[]): DirectoryEdit[] =>
  directoryEdits.filter((edit) => !left.includes(edit));

export interface StoryPerson {
  id: string;
  name: string;
  signIn: string;
  mail: string | null;
  department: string;
  /** `deleted`: it can be restored. */
  status: 'live' | 'deleted' | 'purged';
  /** A live account may be stopped for a while. */
  isEnabled: boolean;
}

export interface StoryGroup {
  id: string;
  name: string;
  /** Ids of the people and groups that are directly in it. */
  members: string[];
}

type CommonEdits = Pick<
  EditableDirectory,
  | 'leave'
  | 'restore'
  | 'purge'
  | 'setEnabled'
  | 'change'
  | 'createGroup'
  | 'renameGroup'
  | 'addToGroup'
  | 'removeFromGroup'
>;

/** A directory as a story edits it and as the oracle sees it. */
export interface StoryDirectory {
  edits: CommonEdits;
  join(person: NewPerson): void;
  setMail(personId: string, mail: string): void;
  /** Deletes a group so that nobody can restore it. */
  deleteGroup(groupId: string): void;
  /** Absent where groups have no groups in them. */
  nesting?: { nest(inner: string, outer: string): void; unnest(inner: string, outer: string): void };
  /** Absent where no group hides its members. */
  hiding?: { hideMembers(groupId: string, isHidden: boolean): void; showAllMembers(): void };
  /** Everybody whom the directory has had, in order of creation. */
  people(): StoryPerson[];
  /** Groups that exist, in order of creation. */
  groups(): StoryGroup[];
}

interface DirectoryStates {
  microsoft: MicrosoftState;
  okta: OktaState;
  sap: SapState;
}

export interface StorySimulator {
  ledger: Ledger;
  setFault(name: string, setting: FaultSetting): void;
  clearFaults(): void;
}

/** One of the directories. */
export interface DirectoryKind {
  /** In `tenants/`. */
  tenantFile: string;
  /** Changes of the tenant file that make the stories fast. */
  editFile?(text: string): string;
  /** The groups at the start. */
  groupIds: GroupIds;
  /** What the directory can express. */
  edits: readonly DirectoryEdit[];
  /** Faults that a read detects or survives. */
  faults: readonly string[];
  /** The operations that faults hit. */
  operations: readonly string[];
  directory(states: DirectoryStates): StoryDirectory;
  /** Lets the simulator answer in small pages: some faults need a page in the middle of a round. No limit makes it wait. */
  prepare(sandbox: Sandbox): void;
  simulator(sandbox: Sandbox): StorySimulator;
}

/** The groups of a directory that exist. */
export const groupIn = (directory: StoryDirectory, groupId: string): StoryGroup | undefined =>
  directory.groups().find(({ id }) => id === groupId);

/** Adds to the people of a directory those whom it no longer has, as they were last. */
export function withFormer(present: () => StoryPerson[]): () => StoryPerson[] {
  const known = new Map<string, StoryPerson>();
  return () => {
    for (const [id, person] of known) known.set(id, { ...person, status: 'purged', isEnabled: false });
    for (const person of present()) known.set(person.id, person);
    return [...known.values()];
  };
}

/** A fault of one kind of list hits that list, whatever the story says. */
export function simulatorWith<Name extends string>(
  { ledger, faults }: { ledger: Ledger; faults: Faults<Name> },
  names: readonly Name[],
): StorySimulator {
  return {
    ledger,
    clearFaults: () => faults.clear(),
    setFault(given, setting) {
      const name = names.find((each) => each === given);
      if (name === undefined) throw new Error(`The directory of this story has no fault ${given}.`);
      const { operation = '*' } = faults.table[name];
      faults.set(name, { ...setting, ...(!operation.includes('*') && { operation }) });
    },
  };
}
