/**
 * Which groups show their members. A group of hidden membership is refused or looks empty
 * (docs/reference/microsoft-graph.md section 2.2).
 */
import { expect, test } from '@jest/globals';
import { createEntraSource } from '../../../directory/entra/entra-source.ts';
import { TransientError } from '../../../domain/errors.ts';
import { rejection } from './failures.ts';
import { type FakeResponse, graphError, settingsFor, withMicrosoft } from './fake-microsoft.ts';

const responses: Record<string, FakeResponse> = {
  shown: { body: { value: [{ '@odata.type': '#microsoft.graph.user', id: 'ada' }] } },
  device: { body: { value: [{ '@odata.type': '#microsoft.graph.device', id: 'phone' }] } },
  empty: { body: { value: [] } },
  refused: { status: 403, body: graphError('Authorization_RequestDenied') },
  gone: { status: 404, body: graphError('Request_ResourceNotFound') },
  down: { status: 500, body: graphError('InternalServerError') },
};

/** Without `$batch`, so that each group is asked about in a request of its own. */
const visibleOf = async (...ids: string[]): Promise<string[]> => {
  let found: string[] = [];
  await withMicrosoft(async (microsoft) => {
    microsoft.graph = ({ path }) => responses[path.split('/')[3] ?? ''] ?? { status: 404 };
    found = await createEntraSource(settingsFor(microsoft)).visibleGroups(ids);
  });
  return found;
};

test('groups with a member are visible, empty, refused and deleted ones are not', async () => {
  expect(await visibleOf('shown', 'empty', 'refused', 'device', 'gone')).toEqual(['shown', 'device']);
});

test('an outage proves neither', async () => {
  expect(await rejection(visibleOf('shown', 'down'))).toBeInstanceOf(TransientError);
});
