import type { House, JsonResponse } from '#test/harness.ts'

export type Parameters = Readonly<Record<string, string | undefined>>

export const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** A token request as a form; parameters that are undefined are left out. */
export async function requestToken(
  house: House,
  parameters: Parameters,
  headers: Record<string, string> = {},
): Promise<JsonResponse> {
  const sent = Object.entries({ grant_type: 'client_credentials', ...parameters }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  )
  const response = await house.raw({
    method: 'POST',
    path: '/oauth/token',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: new URLSearchParams(sent).toString(),
  })
  return { ...response, json: JSON.parse(response.text) }
}

export function requestByAssertion(
  house: House,
  assertion: string,
  more: Parameters = {},
): Promise<JsonResponse> {
  return requestToken(house, { client_assertion_type: JWT_BEARER, client_assertion: assertion, ...more })
}
