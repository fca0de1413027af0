/** The report of `timely-sync check`: whether both sides, and Temporal, are ready for a sync. */
import { SyncError } from '../errors.ts';

export const checkStates = ['ok', 'warning', 'error'] as const;
export type CheckState = (typeof checkStates)[number];
export const checkSides = ['directory', 'timely', 'notify', 'console', 'temporal'] as const;
export type CheckSide = (typeof checkSides)[number];

/** The result of one check. An empty remedy means that nothing is to do. */
export interface CheckResult {
  /** The name of the check, the same in every run: `sign-in`, `User.Read.All`, `seats`. */
  name: string;
  state: CheckState;
  message: string;
  remedy: string;
}

export interface CheckLine extends CheckResult {
  side: CheckSide;
}

export interface CheckReport {
  tenant: string;
  lines: CheckLine[];
  /** References of the tenant file that the worker cannot read, sorted. */
  missing: string[];
}

export const checkOk = (name: string, message: string): CheckResult => ({
  name,
  state: 'ok',
  message,
  remedy: '',
});
export const checkWarning = (name: string, message: string, remedy: string): CheckResult => ({
  name,
  state: 'warning',
  message,
  remedy,
});
export const checkError = (name: string, message: string, remedy: string): CheckResult => ({
  name,
  state: 'error',
  message,
  remedy,
});

/** Runs a check. A `SyncError` becomes a failed result; any other error is thrown. */
export async function checkResultsOf(
  name: string,
  check: () => Promise<CheckResult | CheckResult[]>,
): Promise<CheckResult[]> {
  try {
    return [await check()].flat();
  } catch (error) {
    if (error instanceof SyncError) return [checkError(name, error.message, error.remedy)];
    throw error;
  }
}
