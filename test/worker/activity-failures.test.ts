import { expect, test } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import { DrizzleQueryError } from 'drizzle-orm';
import {
  AttemptsExhaustedError,
  ConfigurationError,
  ConnectNeededError,
  ConsentNeededError,
  ContractError,
  CursorExpiredError,
  failureTypes,
  NotFoundError,
  PermissionError,
  RejectedError,
  ThrottledError,
  TransientError,
  UncertainWriteError,
  WriteIgnoredError,
} from '../../domain/errors.ts';
import { WrongUseError } from '../../store/approvals/decisions.ts';
import { applicationFailureOf } from '../../worker/activity-failures.ts';

function asFailure(error: unknown): ApplicationFailure {
  const failure = applicationFailureOf(error);
  if (!(failure instanceof ApplicationFailure)) throw new Error('It is not an ApplicationFailure.');
  return failure;
}

test.each([
  [new ConsentNeededError('no consent'), true],
  [new ConnectNeededError('no tokens'), true],
  [new PermissionError('no right'), true],
  [new ConfigurationError('no group'), true],
  [new AttemptsExhaustedError('five times'), true],
  [new TransientError('503'), false],
  [new ThrottledError('429', { retryAfterMs: null }), false],
  [new UncertainWriteError('no response', { retryAfterMs: null }), false],
  [new RejectedError('refused', { fields: {} }), false],
  [new WriteIgnoredError('another role', { fields: {} }), false],
  [new CursorExpiredError('410'), false],
  [new ContractError('no list'), false],
  [new NotFoundError('404'), false],
])('%s keeps its name as the failure type, and is retried only where that helps', (error, nonRetryable) => {
  expect(asFailure(error)).toMatchObject({
    type: error.constructor.name,
    message: error.message,
    nonRetryable,
  });
});

test('a failure carries the remedy', () => {
  const error = new ConnectNeededError('no tokens', { remedy: 'Sign in again.' });
  expect(asFailure(error).details).toEqual(['Sign in again.']);
});

test('a failure waits for as long as the service asks', () => {
  expect(asFailure(new ThrottledError('slow down', { retryAfterMs: 2_128.4 })).nextRetryDelay).toBe(2_129);
  expect(asFailure(new ThrottledError('slow down', { retryAfterMs: null })).nextRetryDelay).toBeUndefined();
  expect(asFailure(new TransientError('503', { retryAfterMs: 30_000 })).nextRetryDelay).toBe(30_000);
  expect(asFailure(new TransientError('connection lost')).nextRetryDelay).toBeUndefined();
});

test('a decision that makes no sense is not retried', () => {
  expect(asFailure(new WrongUseError('It has ended.'))).toMatchObject({
    type: failureTypes.wrongUse,
    nonRetryable: true,
  });
});

test('a failed query does not reveal its parameters', () => {
  const error = new DrizzleQueryError(
    'insert into oauth_tokens values ($1)',
    ['a-secret'],
    new Error('connection lost'),
  );
  const failure = asFailure(error);
  expect(failure.message).toContain('connection lost');
  expect(JSON.stringify([failure.message, failure.details, failure.cause])).not.toContain('a-secret');
});
