/** The recorded histories: `histories/<release>/<workflow type>-<number>.json`. Those of a release stay as they are. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { z } from 'zod';

const root = join(import.meta.dirname, '..', '..');
export const historiesFolder = join(import.meta.dirname, 'histories');
export const bundlePath = join(root, 'dist', 'workflow-bundle.js');

/** All histories, or those of one release. */
export function historyFiles(release = ''): string[] {
  const folder = join(historiesFolder, release);
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .map((name) => join(folder, name))
    .sort();
}

const replayed = z.object({
  failures: z.array(z.object({ history: z.string(), message: z.string() })),
  awaits: z.record(z.string(), z.array(z.string())),
});
export type Replayed = z.infer<typeof replayed>;

/** Replays histories against the built bundle. */
export async function replayHistories(files: readonly string[]): Promise<Replayed> {
  const program = join(import.meta.dirname, 'replay-histories.mjs');
  const { stdout } = await execa(process.execPath, [program, bundlePath, ...files]);
  return replayed.parse(JSON.parse(stdout));
}

const payload = z.object({ data: z.string().optional() });
const name = z.object({ name: z.string() });
const event = z.object({
  eventType: z.string(),
  userMetadata: z.object({ summary: payload.optional() }).optional(),
  workflowExecutionStartedEventAttributes: z.object({ workflowType: name }).optional(),
  workflowExecutionSignaledEventAttributes: z.object({ signalName: z.string() }).optional(),
  workflowExecutionUpdateAcceptedEventAttributes: z
    .object({ acceptedRequest: z.object({ input: name }) })
    .optional(),
  activityTaskScheduledEventAttributes: z.object({ activityType: name }).optional(),
  markerRecordedEventAttributes: z
    .object({ details: z.record(z.string(), z.object({ payloads: z.array(payload) })).optional() })
    .optional(),
});
const recording = z.object({ events: z.array(event) });
const plain = ({ data = '' }: z.infer<typeof payload>) => Buffer.from(data, 'base64').toString();

/** What a history has, in words such as `activity makePlan`. */
export function traitsOf(history: string): { type: string; traits: string[] } {
  const { events } = recording.parse(JSON.parse(history));
  const type = events[0]?.workflowExecutionStartedEventAttributes?.workflowType.name ?? '';
  const traits = events.flatMap((each) => [
    ...traitOf('message', each.workflowExecutionSignaledEventAttributes?.signalName),
    ...traitOf('message', each.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest.input.name),
    ...traitOf('activity', each.activityTaskScheduledEventAttributes?.activityType.name),
    ...(each.eventType === 'EVENT_TYPE_TIMER_STARTED' ? traitOf('timer', summaryOf(each)) : []),
    ...Object.values(each.markerRecordedEventAttributes?.details ?? {}).flatMap(({ payloads }) =>
      payloads.map((text) => `marker ${plain(text)}`),
    ),
  ]);
  return { type, traits: [...new Set([`workflow ${type}`, ...traits])] };
}

const traitOf = (kind: string, found: string | undefined) =>
  found === undefined ? [] : [`${kind} ${found}`];

function summaryOf({ userMetadata }: z.infer<typeof event>): string | undefined {
  const text = userMetadata?.summary ? plain(userMetadata.summary) : '';
  return text === '' ? undefined : String(JSON.parse(text));
}

/**
 * The release that is being made, whose histories may be recorded again.
 * @throws Error when the changelog has it as released: its histories are what running workflows look like
 */
export function openRelease(packageText: string, changelog: string): string {
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(packageText));
  const heading = changelog.split('\n').find((line) => line.startsWith(`## ${version}`));
  if (heading === undefined) throw new Error(`CHANGELOG.md has no section for ${version}: add one.`);
  if (/\bnot released$/.test(heading)) return version;
  throw new Error(
    `${version} is released, so its histories stay. Give package.json the next version, add its section to CHANGELOG.md, and record that.`,
  );
}

/** The release of this checkout. @throws as `openRelease` */
export const currentRelease = (): string =>
  openRelease(
    readFileSync(join(root, 'package.json'), 'utf8'),
    readFileSync(join(root, 'CHANGELOG.md'), 'utf8'),
  );
