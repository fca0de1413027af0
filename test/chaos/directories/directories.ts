import type { DirectoryKind } from './directory.ts';
import { entra } from './entra.ts';
import { okta } from './okta.ts';
import { sap } from './sap.ts';

/** By the names that `source.type` has for them. */
export const directories: Readonly<Record<string, DirectoryKind>> = { entra, okta, sap };
