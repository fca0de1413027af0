import { queryWorker } from '../../../client/remote/query.ts';
import { grouped } from '../elements/text.tsx';
import type { SetUpContext } from './current.ts';
import type { Begun } from './draft.ts';
import { sendStep } from './steps.tsx';

const refreshSeconds = 2;

/** A page that asks again by itself until what goes on has ended. */
export async function sendWaiting(context: SetUpContext, step: string, begun: Begun, title: string) {
  const { deps, setUp } = context.var;
  const key = { tenant: setUp.tenant, id: begun.id };
  const { directoryEntries, timelyUsers } = await queryWorker(deps.client, {
    about: 'previewProgress',
    ...key,
  });
  return await sendStep(context, {
    title,
    step,
    refreshSeconds,
    body: (
      <p role="status">
        {grouped(directoryEntries)} entries of the directory and {grouped(timelyUsers)} users of Timely so
        far. This page goes on by itself; you can also come back later.
      </p>
    ),
  });
}
