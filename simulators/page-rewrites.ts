/** What faults of pages have in common, whatever the directory. */
import { isRecord, type SimulatedRequest, type SimulatedResponse } from './simulated-response.ts';

export type JsonObject = Record<string, unknown>;

/** Changes the JSON body of a successful response; null when the change does not apply to it. */
export const rewriteBody =
  (change: (body: JsonObject, request: SimulatedRequest) => JsonObject | null) =>
  (response: SimulatedResponse, request: SimulatedRequest): SimulatedResponse | null => {
    const body = response.status === 200 && isRecord(response.json) ? change(response.json, request) : null;
    return body && { ...response, json: body };
  };

/** Changes the entries of the list with this name in a body; null when the change does not apply to it. */
export const rewriteList =
  (name: string) =>
  (change: (entries: JsonObject[], body: JsonObject, request: SimulatedRequest) => JsonObject[] | null) =>
    rewriteBody((body, request) => {
      const list = body[name];
      const entries = Array.isArray(list) ? change(list.filter(isRecord), body, request) : null;
      return entries && { ...body, [name]: entries };
    });

/** Returns a function that is true for `percent` of its calls, spread evenly. */
export function sampler(percent: number): () => boolean {
  let seen = 0;
  return () => {
    seen += 1;
    return Math.floor((seen * percent) / 100) > Math.floor(((seen - 1) * percent) / 100);
  };
}
