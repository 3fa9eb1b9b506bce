// What a refusal of each door looks like, whatever was refused.
import type { RawResponse } from '../raw-http.ts'

export const DOORS = ['scim', 'problem', 'oauth', 'operator', 'page'] as const
export type DoorFormat = (typeof DOORS)[number]

type Answer = Pick<RawResponse, 'status' | 'text' | 'headers'>

const TYPES: Record<DoorFormat, RegExp> = {
  scim: /^application\/scim\+json\b/,
  problem: /^application\/problem\+json\b/,
  oauth: /^application\/json\b/,
  operator: /^application\/json\b/,
  page: /^text\/html\b/,
}

const ERROR_URN = 'urn:ietf:params:scim:api:messages:2.0:Error'
type Members = Readonly<Record<string, unknown>>

const isText = (value: unknown) => typeof value === 'string' && value !== ''

/** What a refusal must have in it, by the standard that its door follows. */
const SHAPES: Record<Exclude<DoorFormat, 'page'>, (body: Members, status: number) => boolean> = {
  // RFC 7644 §3.12
  scim: ({ schemas, status, detail }, code) =>
    JSON.stringify(schemas) === JSON.stringify([ERROR_URN]) && status === String(code) && isText(detail),
  // RFC 9457 §3.1
  problem: ({ type, title, status, detail, code: word }, code) =>
    type === 'about:blank' && isText(title) && status === code && isText(detail) && isText(word),
  // RFC 6749 §5.2
  oauth: ({ error, error_description }) => /^[a-z_]+$/.test(String(error)) && isText(error_description),
  operator: ({ error }) => isText(error),
}

const INSIDES =
  /node_modules|\bat .{0,200}:\d+:\d+|syntax error at|invalid (?:input|byte)|violates|PostgreSQL|FST_ERR/i

/** What is wrong with a refusal (4xx or 5xx) of this door; nothing, when it is as it should be. */
export function formatFaults({ status, headers, text }: Answer, door: DoorFormat): string[] {
  const type = headers['content-type'] ?? 'no content type'
  return [
    ...(TYPES[door].test(type) ? [] : [`${status} has the content type ${type}: ${text.slice(0, 200)}`]),
    ...(hasShape(text, status, door)
      ? []
      : [`${status} is not shaped like a refusal: ${text.slice(0, 200)}`]),
    ...(INSIDES.test(text) ? [`${status} shows the inside: ${INSIDES.exec(text)?.[0]}`] : []),
  ]
}

function hasShape(text: string, status: number, door: DoorFormat): boolean {
  if (door === 'page') return /^<!doctype html>[\s\S]*<h1>[^<]+<\/h1>[\s\S]*<\/html>\s*$/.test(text)
  try {
    return SHAPES[door](JSON.parse(text) as Members, status)
  } catch {
    return false
  }
}
