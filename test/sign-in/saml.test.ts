import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse, type ProvidedIdp } from '../harness.ts'
import { type KeyPair, keyPair } from './key-pair.ts'
import { connectSaml, provision, signIn } from './saml-house.ts'
import { openTraveller } from './traveller.ts'

let house: House
let key: KeyPair
let idp: ProvidedIdp

beforeAll(async () => {
  house = await openHouse()
  key = await keyPair()
  idp = await connectSaml(house, await house.tenant('acme'), 'Acme', key)
  await provision(idp, 'alice@a.example')
})
afterAll(() => house.close())

test('a provisioned person signs in', async () => {
  const page = await signIn(house, idp, key)
  expect(page.text).toContain('Welcome, alice@a.example provisioned')
})
