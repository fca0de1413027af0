/** The schema of who decides and who looks on: `approvals` and `console` of the tenant file. */
import { z } from 'zod';
import { mailboxKey } from '../../domain/approvals/decider-name.ts';
import { addressesAmong, groupsAmong } from '../../domain/approvals/deciders.ts';
import { foldText } from '../../domain/text.ts';
import { duration, endpoint, personOrGroup, secretReference, section, text } from '../schema-parts.ts';

export const approvalsSection = section({
  approvers: z.int().min(1).default(1).describe('How many distinct people have to approve.'),
  who: z
    .array(personOrGroup)
    .min(1)
    .exactOptional()
    .describe(
      'When given, only they may decide: addresses, or group:NAME. Needed for more than one approver.',
    ),
  proof: z
    .enum(['required', 'none'])
    .default('none')
    .describe('required: only answers of people who have signed in to the console count.'),
  remindAfter: duration.default('1d').describe('Between reminders, until the request escalates.'),
  escalateAfter: duration.default('2d'),
  expireAfter: duration.default('7d'),
  rejectionHolds: duration.default('30d'),
})
  .refine(({ who, approvers }) => who !== undefined || approvers === 1, {
    path: ['who'],
    message:
      'is needed with more than one approver: list the addresses of those who may decide, or one person could answer under two names',
  })
  .refine(({ who, proof }) => who !== undefined || proof === 'none', {
    path: ['who'],
    message: 'is needed with `proof: required`: on the page nobody else may decide',
  })
  .refine(({ who = [] }) => namedOnce(who) === who.length, {
    path: ['who'],
    message: 'names one mailbox or one group twice: letter case and `+tag` make no other one',
  })
  .refine(
    // How many people a group has is known to the directory alone.
    ({ who = [], approvers }) =>
      who.length === 0 || groupsAmong(who).length > 0 || namedOnce(who) >= approvers,
    {
      path: ['who'],
      message: 'must name at least as many people as `approvers` requires, or nothing could ever be approved',
    },
  );

const namedOnce = (who: readonly string[]) =>
  new Set([
    ...addressesAmong(who).map(mailboxKey),
    ...groupsAmong(who).map((name) => `group ${foldText(name)}`),
  ]).size;

export const consoleSection = section({
  signIn: section({
    issuer: endpoint.exactOptional().describe('Issuer of OpenID Connect. Default: that of the source.'),
    clientId: text.describe('Client id of the application that people sign in to.'),
    clientSecret: secretReference.describe('Its secret. An application without one is refused.'),
  })
    .exactOptional()
    .describe('How people sign in. Default with Entra ID: by the application of the source.'),
  viewers: z
    .array(personOrGroup)
    .default([])
    .describe('Who may look up people and cycles, besides approvals.who: addresses, or group:NAME.'),
});
