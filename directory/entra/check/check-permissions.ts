/** Checks the permissions of Microsoft Graph: those that a tenant file needs, against those that are granted. */
import { z } from 'zod';
import {
  type CheckResult,
  checkError,
  checkOk,
  checkResultsOf,
  checkWarning,
} from '../../../domain/contract/check.ts';
import type { DirectoryStream, SelfTest } from '../../source.ts';
import type { GraphClient } from '../graph/graph-client.ts';
import type { GraphCall } from '../graph/graph-errors.ts';
import { appAssignmentsCall, appAssignmentsUrl } from '../read/app-assignments.ts';
import { readDelta } from '../read/delta.ts';
import { assignmentsCall, roleAssignmentsUrl } from '../read/privileged.ts';

/** The input of the check. */
export interface EntraCheck {
  graph: GraphClient;
  clientId: string;
  test: SelfTest;
  /** The permissions named in the token; null when it names none. */
  granted: string[] | null;
}

interface Need {
  permission: string;
  /** Why the tenant file needs it. */
  purpose: string;
  /** Makes the first request that the sync would make. Returns doubts, in sentences; throws when it is refused. */
  probe: () => Promise<string[]>;
}

/** Wider permissions that allow the same subscriptions (docs/reference/microsoft-graph.md section 2.4). */
const widerThanGroupRead = ['Group.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All'];
const subscriptionPermission = 'Group.Read.All';
/**
 * Not every file needs them, but they are useful where granted: the first shows when the client secret expires, the
 * second the members of groups with hidden membership
 * (docs/reference/microsoft-graph.md section 2.4).
 */
const usefulPermissions = ['Application.Read.All', 'Member.Read.Hidden'];
/**
 * An attribute that a `where` rule may name, with a permission of its own
 * (docs/reference/microsoft-graph.md section 3).
 */
const leaveDate = { attribute: 'employeeLeaveDateTime', permission: 'User-LifeCycleInfo.Read.All' };

/** One line for each permission that this tenant file needs, and one with the whole list. */
export async function checkPermissions(check: EntraCheck): Promise<CheckResult[]> {
  const needs = needsOf(check);
  const probed = await Promise.all(needs.map((need) => checkResultsOf(need.permission, () => probe(need))));
  return [...probed.flat(), ...checkSubscriptions(check), leastPrivilege(check, needs)];
}

function needsOf({ graph, clientId, test }: EntraCheck): Need[] {
  const { plan } = test;
  const needs: Need[] = [
    {
      permission: 'User.Read.All',
      purpose: 'reads people and their changes',
      probe: () => firstPage(graph, 'users', plan),
    },
    {
      permission: 'GroupMember.Read.All',
      purpose: 'reads groups, their members and their changes',
      probe: () => firstPage(graph, 'groups', plan),
    },
  ];
  if (plan.attributes.includes(leaveDate.attribute)) {
    needs.push({
      permission: leaveDate.permission,
      purpose: `reads the attribute ${leaveDate.attribute}, which a \`where\` rule names`,
      probe: () => firstPage(graph, 'users', plan),
    });
  }
  if (test.privileged) {
    needs.push({
      permission: 'RoleManagement.Read.Directory',
      purpose: 'reads who holds a privileged role (safety.sensitive.directoryRoles)',
      probe: () => firstItem(graph, roleAssignmentsUrl, assignmentsCall),
    });
  }
  if (test.appAssignments) {
    needs.push({
      permission: 'Application.Read.All',
      purpose: 'reads who is assigned to the enterprise application (assignedToApp)',
      probe: () => firstItem(graph, appAssignmentsUrl(clientId), appAssignmentsCall),
    });
  }
  return needs;
}

async function probe({ permission, purpose, probe }: Need): Promise<CheckResult> {
  const doubts = await probe();
  if (doubts.length === 0) return checkOk(permission, `Granted: ${purpose}.`);
  return checkError(permission, doubts.join(' '), remedyFor(permission));
}

/** The first page of a whole read. It also shows whether delta and the attributes of `where` rules work. */
async function firstPage(
  graph: GraphClient,
  stream: DirectoryStream,
  plan: SelfTest['plan'],
): Promise<string[]> {
  for await (const page of readDelta({ graph, stream, cursor: null, plan })) return page.doubts;
  return [];
}

async function firstItem(graph: GraphClient, url: string, call: GraphCall): Promise<string[]> {
  await graph.get({ url }, z.object({ value: z.array(z.unknown()) }), call);
  return [];
}

/**
 * A request for a subscription would create one, so only the token can tell. Without notifications the sync is only
 * slower.
 */
function checkSubscriptions({ test, granted }: EntraCheck): CheckResult[] {
  if (!test.notifications) return [];
  const has = granted?.some((each) => [subscriptionPermission, ...widerThanGroupRead].includes(each));
  if (has) return [checkOk(subscriptionPermission, 'Granted: lets Entra ID notify us about groups.')];
  const message = granted
    ? 'Not granted: without it Entra ID does not notify us about groups, and their changes wait for the next cycle.'
    : 'Whether Entra ID may notify us about groups cannot be known ahead: the token does not name its permissions.';
  const remedy = `${remedyFor(subscriptionPermission)} Or set schedule.notifications to false.`;
  return [checkWarning(subscriptionPermission, message, remedy)];
}

/** The exact list for this tenant file, and what is granted beyond it. */
function leastPrivilege({ test, granted }: EntraCheck, needs: Need[]): CheckResult {
  const name = 'least privilege';
  const needed = needs.map(({ permission }) => permission);
  if (test.notifications) needed.push(subscriptionPermission);
  const list = `This tenant file needs ${needed.join(', ')}`;
  if (granted === null) return checkOk(name, `${list}. The token does not say what else is granted.`);
  const surplus = granted.filter((each) => ![...needed, ...usefulPermissions].includes(each));
  if (surplus.length === 0) return checkOk(name, `${list}, and no other permission is granted.`);
  return checkWarning(
    name,
    `${list}; also granted: ${surplus.toSorted().join(', ')}.`,
    'Revoke those that nothing else uses: the sync only reads.',
  );
}

const remedyFor = (permission: string) =>
  `Grant the application permission ${permission} and have an administrator consent to it.`;

const claims = z.object({ roles: z.array(z.string()) });

/**
 * The application permissions in a token's `roles` claim: a hint for people, never a decision. Null when the token is
 * unreadable or has no such claim, because clients must not rely on the content of tokens for Microsoft Graph. Nothing
 * of the token is kept.
 */
export function permissionsIn(token: string): string[] | null {
  const payload = token.split('.')[1] ?? '';
  try {
    const content: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    return claims.safeParse(content).data?.roles ?? null;
  } catch {
    return null;
  }
}
