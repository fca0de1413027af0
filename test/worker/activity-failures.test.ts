import { expect, test } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import { DrizzleQueryError } from 'drizzle-orm';
import {
  ConnectNeededError,
  ConsentNeededError,
  PermissionError,
  RejectedError,
  ThrottledError,
  TransientError,
} from '../../domain/errors.ts';
import { WrongUseError } from '../../store/approvals/decisions.ts';
import { applicationFailureOf } from '../../worker/activity-failures.ts';

function asFailure(error: unknown): ApplicationFailure {
  const failure = applicationFailureOf(error);
  if (!(failure instanceof ApplicationFailure)) throw new Error('That is no failure of an application.');
  return failure;
}

test.each([
  [new ConsentNeededError('no consent'), true],
  [new ConnectNeededError('no tokens'), true],
  [new PermissionError('no right'), true],
  [new TransientError('503'), false],
  [new RejectedError('refused', { fields: {} }), false],
])('%s is told by its name, and tried again only where that helps', (error, nonRetryable) => {
  expect(asFailure(error)).toMatchObject({
    type: error.constructor.name,
    message: error.message,
    nonRetryable,
  });
});

test('what to do goes along', () => {
  const error = new ConnectNeededError('no tokens', { remedy: 'Sign in again.' });
  expect(asFailure(error).details).toEqual(['Sign in again.']);
});

test('a service that says for how long is asked again only then', () => {
  expect(asFailure(new ThrottledError('slow down', { retryAfterMs: 2_128.4 })).nextRetryDelay).toBe(2_129);
  expect(asFailure(new ThrottledError('slow down', { retryAfterMs: null })).nextRetryDelay).toBeUndefined();
  expect(asFailure(new TransientError('503', { retryAfterMs: 30_000 })).nextRetryDelay).toBe(30_000);
  expect(asFailure(new TransientError('connection lost')).nextRetryDelay).toBeUndefined();
});

test('an answer that makes no sense reaches the person who gave it', () => {
  expect(asFailure(new WrongUseError('It has ended.'))).toMatchObject({
    type: 'WrongUse',
    nonRetryable: true,
  });
});

test('a failed query tells nothing of its parameters', () => {
  const error = new DrizzleQueryError(
    'insert into oauth_tokens values ($1)',
    ['a-secret'],
    new Error('connection lost'),
  );
  const failure = asFailure(error);
  expect(failure.message).toContain('connection lost');
  expect(JSON.stringify([failure.message, failure.details, failure.cause])).not.toContain('a-secret');
});
