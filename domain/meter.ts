/** Counts the requests of the adapters. Each tenant has its own meter, so no call names the tenant. */
export interface Meter {
  /** One request to the directory, or one part of a batch request. */
  directoryRequest(request: DirectoryRequest): void;
  /** One request to Timely. `operation` has placeholders for ids: `GET /{id}/users/{id}`. */
  timelyRequest(request: { operation: string; status: RequestStatus }): void;
  /** How long one request to Timely waited for the rate limiter. */
  timelyWait(waitedMs: number): void;
  /** The current request rate to Timely, and the rate that Timely refused; null when it refused none. */
  timelyRate(rate: { perSecond: number; refused: number | null }): void;
  /** When the credential for the directory ends. */
  credentialEnds(at: Date): void;
}

/** An HTTP status; `none` without a complete response. */
export type RequestStatus = number | 'none';

export interface DirectoryRequest {
  /** Method and path with placeholders: `GET /users/{id}`. */
  operation: string;
  status: RequestStatus;
  /** The cost of the request that the service states; null when it states none. */
  resourceUnits: number | null;
  /** The used share of the limit: throttling begins at 1. Null when the response does not state it. */
  throttleRatio: number | null;
}

/** Counts nothing, for scripts and tests. */
export const noMeter: Meter = {
  directoryRequest: () => undefined,
  timelyRequest: () => undefined,
  timelyWait: () => undefined,
  timelyRate: () => undefined,
  credentialEnds: () => undefined,
};
