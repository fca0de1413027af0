/** Error answers of Timely (docs/reference/timely-api.md section 6). */
import { json, type SimulatedResponse } from '../answer.ts';
import type { TimelyBehaviour } from './objects.ts';

export const oauthError = (error: string, description: string): SimulatedResponse =>
  json(400, { error, error_description: description });

/** Both shapes are documented. */
export const unauthorized = ({ unauthorizedBody }: TimelyBehaviour): SimulatedResponse =>
  json(
    401,
    unauthorizedBody === 'errors' ? { errors: { message: 'Unauthorized' } } : { error: 'Unauthorized' },
  );

export const forbidden = (message: string): SimulatedResponse => json(403, { errors: { message } });

export const notFound = (): SimulatedResponse => json(404, { errors: { message: 'Not Found' } });

/** `fields`: messages by field, or under `message`. */
export const unprocessable = (fields: Record<string, string[] | string>): SimulatedResponse =>
  json(422, { errors: fields });
