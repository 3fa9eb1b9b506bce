// Refusals before the message is read: the URL, the credentials, the identity provider's settings, and the state of
// the service.
import { refusal } from './refusal.ts'

export const SERVICE_REFUSALS = {
  'http-malformed': refusal(400, undefined, () => 'The request is not well-formed HTTP'),
  'http-timeout': refusal(408, undefined, () => 'The request did not arrive in time'),
  'headers-too-large': refusal(
    431,
    undefined,
    () => 'The address and headers are larger than this service accepts',
  ),
  'address-malformed': refusal(400, 'invalidSyntax', () => 'The path holds a malformed percent escape'),
  'address-too-long': refusal(414, undefined, () => 'The path is longer than any path of this service'),
  'address-unstorable': refusal<{ field: string }>(
    400,
    'invalidValue',
    ({ field }) => `${field} holds a character that cannot be stored (NUL or half of a surrogate pair)`,
  ),
  'filter-unstorable': refusal(
    400,
    'invalidFilter',
    () => 'filter holds a character that cannot be stored (NUL or half of a surrogate pair)',
  ),
  'endpoint-unknown': refusal(404, undefined, () => 'There is no such SCIM endpoint'),
  'method-not-allowed': refusal<{ method: string; allowed: string }>(
    405,
    undefined,
    ({ method, allowed }) => `${method} is not allowed here; allowed: ${allowed}`,
  ),
  'not-implemented': refusal<{ what: string }>(
    501,
    undefined,
    ({ what }) => `${what} is not supported by this service`,
  ),
  'credentials-missing': refusal(
    401,
    undefined,
    () => 'Credentials are missing: send the SCIM token, or key and secret',
  ),
  'credentials-invalid': refusal(401, undefined, () => 'The credentials are not valid'),
  'credentials-retired': refusal(
    401,
    undefined,
    () => 'These credentials have been retired; use the newer ones',
  ),
  'credentials-expired': refusal<{ at: string }>(
    401,
    undefined,
    ({ at }) => `These credentials expired at ${at}`,
  ),
  'credentials-of-another': refusal(
    401,
    undefined,
    () => 'These credentials are not for the identity provider in this URL',
  ),
  'idp-disabled': refusal(
    403,
    undefined,
    () => 'This identity provider is disabled; an administrator can enable it',
  ),
  'provisioning-off': refusal(
    403,
    undefined,
    () => 'Auto-provisioning is off for this identity provider; an administrator can switch it on',
  ),
  'too-many-requests': refusal<{ seconds: number }>(
    429,
    undefined,
    ({ seconds }) => `Too many requests; try again in ${seconds} s`,
  ),
  'idp-changing': refusal(
    503,
    undefined,
    () => 'The identity provider is being changed at this moment; send it again',
  ),
  busy: refusal(503, undefined, () => 'Too much is asked at once; try again in a moment'),
  'database-unavailable': refusal(
    503,
    undefined,
    () => 'The service cannot reach its database now; try again',
  ),
  'took-too-long': refusal<{ seconds: number }>(
    503,
    undefined,
    ({ seconds }) =>
      `The database did not finish this within ${seconds} s, and nothing was changed; send it again`,
  ),
  internal: refusal(500, undefined, () => 'Internal error'),
}
