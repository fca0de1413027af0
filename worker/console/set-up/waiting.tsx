import { queryWorker } from '../../../client/remote/query.ts';
import { grouped } from '../elements/text.tsx';
import type { SetUpContext } from './current.ts';
import type { Begun } from './draft.ts';
import { sendStep } from './steps.tsx';

/** Shown while something goes on. It does not reload itself: a screen reader would start over (WCAG 2.2.1). */
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
    body: (
      <>
        <p role="status">
          {grouped(directoryEntries)} entries of the directory and {grouped(timelyUsers)} users of Timely so
          far. A large directory takes some minutes, also while nobody looks.
        </p>
        <div class="actions">
          <a class="button" href={step}>
            Look again
          </a>
        </div>
      </>
    ),
  });
}
