import { expect, test } from 'vitest'
import { readOrigin } from './origin.ts'

test.each([
  ['https://doorlist.example.com', 'https://doorlist.example.com'],
  ['HTTPS://Doorlist.Example.COM/', 'https://doorlist.example.com'],
  ['https://doorlist.example.com:443', 'https://doorlist.example.com'],
  ['https://doorlist.example.com.', 'https://doorlist.example.com'],
  ['https://doorlist.example.com.:8443/', 'https://doorlist.example.com:8443'],
  ['http://doorlist.example.com:80/', 'http://doorlist.example.com'],
  ['https://doorlist.example.com:80', 'https://doorlist.example.com:80'],
  ['https://dörlist.example', 'https://xn--drlist-wxa.example'],
  ['http://[::1]:8080', 'http://[::1]:8080'],
  ['http://[0:0:0:0:0:0:0:1]', 'http://[::1]'],
  ['http://my_host:8080', 'http://my_host:8080'],
])('%s is spelled %s', (text, origin) => {
  expect(readOrigin(text)).toBe(origin)
})

test.each([
  '',
  'doorlist.example.com',
  'https:doorlist.example.com',
  'https:/doorlist.example.com',
  'ftp://doorlist.example.com',
  'https://doorlist.example.com/path',
  'https://doorlist.example.com//',
  'https://doorlist.example.com/?',
  'https://doorlist.example.com?x=1',
  'https://doorlist.example.com/#',
  'https://user@doorlist.example.com',
  'https://user:password@doorlist.example.com',
  'https://*.example.com',
  'https://doorlist.example.com:99999',
  'https://',
  'https://.',
])('%j is no origin', (text) => {
  expect(readOrigin(text)).toBeUndefined()
})
