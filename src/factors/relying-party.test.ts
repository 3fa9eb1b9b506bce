import { expect, test } from 'vitest'
import { relyingParty } from './relying-party.ts'

test('passkeys are bound to the host of the public URL', () => {
  expect(relyingParty('https://doorlist.example.com:8443')).toEqual({
    rpId: 'doorlist.example.com',
    origin: 'https://doorlist.example.com:8443',
  })
  expect(relyingParty('http://localhost:8080')).toEqual({
    rpId: 'localhost',
    origin: 'http://localhost:8080',
  })
})

test('passkeys do not work at an IP address or over plain HTTP, and the reason is given', () => {
  for (const url of ['http://127.0.0.1:8080', 'https://[::1]', 'https://192.0.2.7'])
    expect(relyingParty(url)).toMatchObject({ unavailable: expect.stringContaining('host name') })
  expect(relyingParty('http://doorlist.example.com')).toMatchObject({
    unavailable: expect.stringContaining('HTTPS'),
  })
})
