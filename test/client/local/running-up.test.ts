/** Commands find the `up` that runs in their folder. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ProcessGroup } from '../../../client/local/process-group.ts';
import { runningUp } from '../../../client/local/up-record.ts';
import { connectionSettings } from '../../../client/remote/connection.ts';
import { withDataFolder } from './data-folder.ts';

const reached = { address: '127.0.0.1:7243', uiUrl: 'http://127.0.0.1:8243' };

test('is found by its note while it runs, and not afterwards', () =>
  withDataFolder(async (folder) => {
    expect(await runningUp(folder)).toBeNull();
    const group = await ProcessGroup.open(folder);
    expect(await runningUp(folder)).toBeNull();
    await group.noteAddresses(reached);
    expect(await runningUp(folder)).toEqual(reached);
    const note = await readFile(join(folder, 'up.json'), 'utf8');
    await group.stop();
    expect(await runningUp(folder)).toBeNull();
    // A note that a killed `up` left behind.
    await writeFile(join(folder, 'up.json'), note.replace(/"identity":"[^"]*"/, '"identity":"gone"'));
    expect(await runningUp(folder)).toBeNull();
  }));

test('gives way to TEMPORAL_ADDRESS', () =>
  withDataFolder(async (folder) => {
    const group = await ProcessGroup.open(folder);
    await group.noteAddresses(reached);
    const given = process.env.TEMPORAL_ADDRESS;
    delete process.env.TEMPORAL_ADDRESS;
    const { connectionOptions, namespace, uiUrl } = await connectionSettings(folder);
    expect({ address: connectionOptions.address, namespace, uiUrl }).toEqual({
      ...{ address: reached.address, namespace: 'default', uiUrl: reached.uiUrl },
    });
    process.env.TEMPORAL_ADDRESS = 'temporal.contoso.example:7233';
    const other = await connectionSettings(folder);
    expect(other).toMatchObject({
      connectionOptions: { address: 'temporal.contoso.example:7233' },
      uiUrl: null,
    });
    if (given === undefined) delete process.env.TEMPORAL_ADDRESS;
    else process.env.TEMPORAL_ADDRESS = given;
    await group.stop();
  }));
