/** Where the adapters count what they ask of a service. Each tenant has one of its own, so no call names the tenant. */
export interface Meter {
  /** One request to the directory, or one part of a batch. */
  directoryRequest(request: DirectoryRequest): void;
  /** One request to Timely; `operation` has no ids in it: `GET /{id}/users/{id}`. */
  timelyRequest(request: { operation: string; status: RequestStatus }): void;
  /** How long one request to Timely had to wait for the tenant's rate budget. */
  timelyWait(waitedMs: number): void;
  /** How fast the account is asked now, and the rate that was found to be too fast; null: none was. */
  timelyRate(rate: { perSecond: number; refused: number | null }): void;
  /** When the credential that we sign in to the directory with ends. */
  credentialEnds(at: Date): void;
}

/** A status of HTTP; `none` when no whole answer came. */
export type RequestStatus = number | 'none';

export interface DirectoryRequest {
  /** Method and path with placeholders: `GET /users/{id}`. */
  operation: string;
  status: RequestStatus;
  /** What the service says that the request cost; null when it does not say. */
  resourceUnits: number | null;
  /** How much of the limit is used up, 1 being where throttling begins; null when the answer tells nothing of it. */
  throttleRatio: number | null;
}

/** Counts nothing: for scripts and tests. */
export const noMeter: Meter = {
  directoryRequest: () => undefined,
  timelyRequest: () => undefined,
  timelyWait: () => undefined,
  timelyRate: () => undefined,
  credentialEnds: () => undefined,
};
