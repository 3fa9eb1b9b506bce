import { expect, test } from 'vitest'
import { isUri } from './text-format.ts'

test.each([
  'https://house.example/scim/v2/Users/1',
  '../Users/1',
  'Users/a:b',
  'urn:ietf:params:scim:schemas:core:2.0:User',
  'http://[::1]:8080/?q=a%20b#top',
  'mailto:ada@example.com',
  '#',
])('%s is a URI', (text) => {
  expect(isUri(text)).toBe(true)
})

test.each(['a b', 'https://house.example/ü', '1:2', ':x', 'a%2', 'a#b#c', '<x>', 'a\\b', 'x\ny', '{id}'])(
  '%j is none',
  (text) => {
    expect(isUri(text)).toBe(false)
  },
)
