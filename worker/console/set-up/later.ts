/** A look and a preview, which go on in a worker, also while nobody waits for them. */
import { hkdfSync, randomUUID } from 'node:crypto';
import { lookSoFar } from '../../../client/remote/look.ts';
import { previewSoFar } from '../../../client/remote/preview.ts';
import type { LookReport } from '../../../domain/contract/look.ts';
import type { PreviewSummary } from '../../../domain/contract/preview.ts';
import { createResultKey, type ResultKey } from '../../../encryption/result-key.ts';
import { derivedKeys } from '../../../store/account/derived-keys.ts';
import type { ConsoleDeps } from '../deps.ts';
import { keepAnswers, type SetUpContext } from './current.ts';
import type { Begun } from './draft.ts';
import { setUpFile } from './tenant-file.ts';

/** What was read is swept after two hours (store/preview/tenant-copy.ts), and its lists with it. */
const youngMs = 100 * 60_000;
/** How long a page waits for an answer: proxies give up after half a minute. A thousand people take some seconds. */
const pageWaitsMs = 10_000;

/** Any worker of the installation can open the answer. */
function keyOf({ keys }: ConsoleDeps, id: string): ResultKey {
  const [key = new Uint8Array()] = derivedKeys(keys, 'set-up answers');
  return createResultKey(new Uint8Array(hkdfSync('sha256', key, '', id, 32)));
}

const isYoung = (begun: Begun | null, now: Date): begun is Begun =>
  begun !== null && now.getTime() - Date.parse(begun.at) < youngMs;

const beginNow = (now: Date): Begun => ({ id: randomUUID(), at: now.toISOString() });

/** The look of this set-up, or a new one when it is too old. */
export async function freshLook(context: SetUpContext): Promise<Begun> {
  const { deps, setUp } = context.var;
  if (isYoung(setUp.draft.look, deps.now())) return setUp.draft.look;
  const look = beginNow(deps.now());
  await keepAnswers(context, { look, preview: null });
  return look;
}

/** Null while the look goes on. @throws what the directory refuses */
export async function lookAtTenant(context: SetUpContext, look: Begun): Promise<LookReport | null> {
  const { deps, setUp } = context.var;
  const file = setUpFile({ ...setUp, draft: { ...setUp.draft, lines: [] } }, deps.setUp.endpoints);
  return await lookSoFar(deps.client, { file, id: look.id, key: keyOf(deps, look.id), waitMs: pageWaitsMs });
}

/** The preview of the answers as they are, or a new one when it is too old. */
export async function freshPreview(context: SetUpContext): Promise<Begun> {
  const { deps, setUp } = context.var;
  if (isYoung(setUp.draft.preview, deps.now())) return setUp.draft.preview;
  const preview = beginNow(deps.now());
  await keepAnswers(context, { preview });
  return preview;
}

/** Null while the preview is made. @throws what either side refuses */
export async function previewOfTenant(context: SetUpContext, preview: Begun): Promise<PreviewSummary | null> {
  const { deps, setUp } = context.var;
  const { look } = setUp.draft;
  return await previewSoFar(deps.client, {
    file: setUpFile(setUp, deps.setUp.endpoints),
    id: preview.id,
    key: keyOf(deps, preview.id),
    ...(look !== null && { look: look.id }),
    waitMs: pageWaitsMs,
  });
}
