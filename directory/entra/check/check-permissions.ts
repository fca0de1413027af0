/** Which permissions of Microsoft Graph a tenant file needs, and whether the application has them. */
import { z } from 'zod';
import {
  type CheckResult,
  checkError,
  checkOk,
  checkWarning,
  runCheck,
} from '../../../domain/contract/check.ts';
import type { DirectoryStream, SelfTest } from '../../source.ts';
import type { GraphClient } from '../graph/graph-client.ts';
import type { GraphCall } from '../graph/graph-errors.ts';
import { call as appAssignmentsCall, appAssignmentsUrl } from '../read/app-assignments.ts';
import { readDelta } from '../read/delta.ts';
import { assignmentsCall, roleAssignmentsUrl } from '../read/privileged.ts';

/** What the checks of Entra ID are made with. */
export interface EntraCheck {
  graph: GraphClient;
  clientId: string;
  test: SelfTest;
  /** Permissions that the token names; null when it does not tell. */
  granted: string[] | null;
}

interface Need {
  permission: string;
  /** Why the tenant file needs it. */
  purpose: string;
  /** Makes the first request that the sync would make; throws when it is refused. Answers doubts, in sentences. */
  probe: () => Promise<string[]>;
}

/** Wider permissions that let the same subscriptions through (docs/reference/microsoft-graph.md section 2.4). */
const widerThanGroupRead = ['Group.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All'];
const subscriptionPermission = 'Group.Read.All';
/**
 * Not needed by every file, and worth having where they are granted: with the first the end of the client secret is seen
 * ahead, with the second the members of groups whose membership is hidden
 * (docs/reference/microsoft-graph.md section 2.4).
 */
const usefulPermissions = ['Application.Read.All', 'Member.Read.Hidden'];
/**
 * An attribute that a `where` rule may name, with a permission of its own
 * (docs/reference/microsoft-graph.md section 3).
 */
const leaveDate = { attribute: 'employeeLeaveDateTime', permission: 'User-LifeCycleInfo.Read.All' };

/** One line for each permission that this tenant file needs, and one that tells the whole list. */
export async function checkPermissions(check: EntraCheck): Promise<CheckResult[]> {
  const needs = needsOf(check);
  const probed = await Promise.all(needs.map((need) => runCheck(need.permission, () => probe(need))));
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
      purpose: 'tells who holds a privileged role (safety.sensitive.directoryRoles)',
      probe: () => firstOf(graph, roleAssignmentsUrl, assignmentsCall),
    });
  }
  if (test.appAssignments) {
    needs.push({
      permission: 'Application.Read.All',
      purpose: 'tells who is assigned to the enterprise application (assignedToApp)',
      probe: () => firstOf(graph, appAssignmentsUrl(clientId), appAssignmentsCall),
    });
  }
  return needs;
}

async function probe({ permission, purpose, probe }: Need): Promise<CheckResult> {
  const doubts = await probe();
  if (doubts.length === 0) return checkOk(permission, `Granted: ${purpose}.`);
  return checkError(permission, doubts.join(' '), remedyFor(permission));
}

/** The first page of what a full read asks for: it also tells whether delta and the attributes of `where` rules work. */
async function firstPage(
  graph: GraphClient,
  stream: DirectoryStream,
  plan: SelfTest['plan'],
): Promise<string[]> {
  for await (const page of readDelta({ graph, stream, cursor: null, plan })) return page.doubts;
  return [];
}

async function firstOf(graph: GraphClient, url: string, call: GraphCall): Promise<string[]> {
  await graph.get({ url }, z.object({ value: z.array(z.unknown()) }), call);
  return [];
}

/** Asking for a subscription would make one, so only the token can tell; and notifications only make things faster. */
function checkSubscriptions({ test, granted }: EntraCheck): CheckResult[] {
  if (!test.notifications) return [];
  const has = granted?.some((each) => [subscriptionPermission, ...widerThanGroupRead].includes(each));
  if (has) return [checkOk(subscriptionPermission, 'Granted: lets Entra ID notify us about groups.')];
  const message = granted
    ? 'Not granted: without it Entra ID does not notify us about groups, and their changes wait for the next cycle.'
    : 'Whether Entra ID may notify us about groups cannot be told ahead: the token does not name its permissions.';
  const remedy = `${remedyFor(subscriptionPermission)} Or set schedule.notifications to false.`;
  return [checkWarning(subscriptionPermission, message, remedy)];
}

/** The exact list for this tenant file, and what is granted beyond it. */
function leastPrivilege({ test, granted }: EntraCheck, needs: Need[]): CheckResult {
  const name = 'least privilege';
  const needed = needs.map(({ permission }) => permission);
  if (test.notifications) needed.push(subscriptionPermission);
  const list = `This tenant file needs ${needed.join(', ')}`;
  if (granted === null) return checkOk(name, `${list}. What else is granted, the token does not tell.`);
  const surplus = granted.filter((each) => ![...needed, ...usefulPermissions].includes(each));
  if (surplus.length === 0) return checkOk(name, `${list}, and nothing beyond is granted.`);
  return checkWarning(
    name,
    `${list}; granted beyond that: ${surplus.toSorted().join(', ')}.`,
    'Take away what nothing else uses: the sync only reads.',
  );
}

const remedyFor = (permission: string) =>
  `Grant the application permission ${permission} and have an administrator consent to it.`;
