import type { CountedGroup } from '../../domain/contract/look.ts';
import type { IncludeAnswer } from './tenant-text.ts';

/** The line of `scope.include` for a group: by its id where several have its name. */
export const includeLineOf = ({
  id,
  name,
  isAmbiguous,
}: Pick<CountedGroup, 'id' | 'name' | 'isAmbiguous'>): IncludeAnswer =>
  isAmbiguous ? { kind: 'group', value: id, comment: name } : { kind: 'group', value: name, comment: '' };
