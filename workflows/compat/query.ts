/** Answers one question of the command, on Temporal servers that do not know standalone activities yet. */
import type { QueryResult } from '../../activities/query/queries.ts';
import type { CheckReport } from '../../domain/contract/check.ts';
import type { Query } from '../../domain/contract/query.ts';
import { asking, checking } from '../activity-proxies.ts';

export async function query(input: Query): Promise<QueryResult | CheckReport> {
  return input.about === 'check' ? await checking.check(input) : await asking.runQuery(input);
}
