/** What `timely-sync check` finds out about both sides before anything is synced. */
import { SyncError } from '../errors.ts';

export const checkStates = ['ok', 'warning', 'error'] as const;
export type CheckState = (typeof checkStates)[number];
export const checkSides = ['directory', 'timely'] as const;
export type CheckSide = (typeof checkSides)[number];

/** What was looked at, and what is to be done about it; an empty remedy: nothing. */
export interface CheckResult {
  /** In a word or two, the same in every run: `sign-in`, `User.Read.All`, `seats`. */
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

/** What a check finds, or the line that says why it could not find out. Anything but a `SyncError` is thrown on. */
export async function runCheck(
  name: string,
  look: () => Promise<CheckResult | CheckResult[]>,
): Promise<CheckResult[]> {
  try {
    return [await look()].flat();
  } catch (error) {
    if (error instanceof SyncError) return [checkError(name, error.message, error.remedy)];
    throw error;
  }
}
