/** Runs one query of a command, on Temporal servers before 1.32, which have no standalone activities. Goes with server 1.31, on 2027-06-30. */
import type { QueryResult } from '../../activities/query/queries.ts';
import type { CheckReport } from '../../domain/contract/check.ts';
import type { Query } from '../../domain/contract/query.ts';
import { check, runQuery } from '../activity-proxies.ts';

export async function query(input: Query): Promise<QueryResult | CheckReport> {
  return input.about === 'check' ? await check(input) : await runQuery(input);
}
