/** Error responses of Timely (docs/reference/timely-api.md section 6). */
import { jsonResponse, type SimulatedResponse } from '../simulated-response.ts';
import type { TimelyBehaviour } from './objects.ts';

export const oauthErrorResponse = (error: string, description: string): SimulatedResponse =>
  jsonResponse(400, { error, error_description: description });

/** Both shapes are documented. */
export const unauthorized = ({ unauthorizedBody }: TimelyBehaviour): SimulatedResponse =>
  jsonResponse(
    401,
    unauthorizedBody === 'errors' ? { errors: { message: 'Unauthorized' } } : { error: 'Unauthorized' },
  );

export const forbidden = (message: string): SimulatedResponse => jsonResponse(403, { errors: { message } });

export const notFound = (): SimulatedResponse => jsonResponse(404, { errors: { message: 'Not Found' } });

/** Returns a 422. `fields` holds messages by field, or under `message`. */
export const unprocessable = (fields: Record<string, string[] | string>): SimulatedResponse =>
  jsonResponse(422, { errors: fields });
