// Refusals of a body before it is read as a resource: its encoding, its JSON and the structure of its message.
import { refusal } from './refusal.ts'

const PARTS = {
  array: 'must be an array',
  operations: 'must be an array of at least one operation',
  object: 'must be an object',
  string: 'must be a string',
  op: 'must be add, remove or replace',
  method: 'must be POST, PUT, PATCH or DELETE',
  data: 'must be an object: the message as it would be sent by itself',
  parameter: 'must be a string, a number or a list of strings',
} as const

export const BODY_REFUSALS = {
  'body-missing': refusal(400, 'invalidSyntax', () => 'The request needs a JSON body'),
  'body-not-utf8': refusal(400, 'invalidSyntax', () => 'The body is not UTF-8'),
  'body-not-json': refusal(400, 'invalidSyntax', () => 'The body is not JSON'),
  'body-not-object': refusal(400, 'invalidSyntax', () => 'The body must be an object'),
  'body-too-deep': refusal<{ limit: number }>(
    400,
    'invalidSyntax',
    ({ limit }) => `The body is nested more than ${limit} deep`,
  ),
  'body-forbidden-name': refusal<{ at: string }>(
    400,
    'invalidSyntax',
    ({ at }) => `${at || 'The body'} has a member __proto__`,
  ),
  'text-unstorable': refusal<{ at: string }>(
    400,
    'invalidValue',
    ({ at }) => `${at} holds a character that no text can hold (NUL or half a surrogate pair)`,
  ),
  'body-too-large': refusal<{ limit: number }>(
    413,
    undefined,
    ({ limit }) => `The body is larger than the maxPayloadSize (${limit}) of this endpoint`,
  ),
  'encoding-unsupported': refusal(
    415,
    undefined,
    () => 'Content-Encoding is not supported: send the body as it is',
  ),
  'media-type-unsupported': refusal(
    415,
    undefined,
    () => 'Content-Type must be application/scim+json or application/json',
  ),
  'message-schema-missing': refusal<{ urn: string }>(
    400,
    'invalidSyntax',
    ({ urn }) => `schemas must name ${urn}`,
  ),
  'message-part-wrong': refusal<{ part: string; rule: keyof typeof PARTS }>(
    400,
    'invalidSyntax',
    ({ part, rule }) => `${part} ${PARTS[rule]}`,
  ),
  'patch-too-long': refusal<{ limit: number }>(
    413,
    undefined,
    ({ limit }) => `A PATCH has at most ${limit} operations`,
  ),
}
