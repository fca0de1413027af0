import type { RoleDefinition } from './records.ts';

/** Template id of the role with all rights (docs/reference/microsoft-graph.md section 9). */
export const globalAdministrator = '62e90394-69f5-4237-9190-012177145e10';
/** Template id of a role without privileges. Its holders are not sensitive. */
export const directoryReaders = '88d8e3e3-8f55-4a1e-953a-9b9898b8876b';

const role = (id: string, displayName: string, description: string): RoleDefinition => ({
  id,
  displayName,
  description,
});

/** Some of Entra's built-in roles, with their real template ids. */
export const builtInRoles: readonly RoleDefinition[] = [
  role(globalAdministrator, 'Global Administrator', 'Can manage all aspects of the directory.'),
  role(
    'e8611ab8-c189-46e8-94e1-60213ab1f814',
    'Privileged Role Administrator',
    'Can manage role assignments.',
  ),
  role(
    'fe930be7-5e62-47db-91af-98c3a49a38b1',
    'User Administrator',
    'Can manage all aspects of users and groups.',
  ),
  role(
    '29232cdf-9323-42fd-ade2-1d097af3e4de',
    'Exchange Administrator',
    'Can manage all aspects of Exchange.',
  ),
  role('194ae4cb-b126-40b2-bd5b-6091b380977d', 'Security Administrator', 'Can manage security settings.'),
  role('729827e3-9c14-49f7-bb1b-9608f156bbb8', 'Helpdesk Administrator', 'Can reset passwords of users.'),
  role(directoryReaders, 'Directory Readers', 'Can read basic directory information.'),
  role('4a5d8f65-41da-4de4-8968-e035b65339cf', 'Reports Reader', 'Can read sign-in and audit reports.'),
];
