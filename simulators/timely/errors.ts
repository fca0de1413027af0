/** Error answers of Timely (timely-api.md, section 6). */
import { type Answer, json } from '../answer.ts';
import type { TimelyBehaviour } from './objects.ts';

export const oauthError = (error: string, description: string): Answer =>
  json(400, { error, error_description: description });

/** Both shapes are documented. */
export const unauthorized = ({ unauthorizedBody }: TimelyBehaviour): Answer =>
  json(
    401,
    unauthorizedBody === 'errors' ? { errors: { message: 'Unauthorized' } } : { error: 'Unauthorized' },
  );

export const forbidden = (message: string): Answer => json(403, { errors: { message } });

export const notFound = (): Answer => json(404, { errors: { message: 'Not Found' } });

/** `fields`: messages by field, or under `message`. */
export const unprocessable = (fields: Record<string, string[] | string>): Answer =>
  json(422, { errors: fields });
