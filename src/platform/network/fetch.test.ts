import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, expect, test } from 'vitest'
import { openFetch, Unreachable } from './fetch.ts'

const servers: Server[] = []
afterAll(() => servers.forEach((server) => void server.close()))

/** @returns its port */
async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

const allowed = openFetch({ allowPrivateNetworks: ['127.0.0.0/8'], milliseconds: 1_000, bytes: 1_000 })

test('a private address is refused before anything is sent, whatever its spelling', async () => {
  let hits = 0
  const port = await serve((_request, answer) => answer.end(String(++hits)))
  const strict = openFetch({ allowPrivateNetworks: [] })
  for (const host of ['127.0.0.1', 'localhost', '2130706433', '0x7f.1', '[::1]', '[::ffff:127.0.0.1]', '0']) {
    for (const scheme of ['http', 'https'])
      await expect(strict(`${scheme}://${host}:${port}/`), host).rejects.toThrow(Unreachable)
  }
  expect(hits).toBe(0)
})

test('a name with one private address among public ones is refused', async () => {
  const resolve = async () => ['1.1.1.1', '10.0.0.1']
  const strict = openFetch({ allowPrivateNetworks: [], resolve })
  await expect(strict('https://idp.example/')).rejects.toThrow('private network')
})

test('the name is resolved once, and the connection goes to the address that was checked', async () => {
  const port = await serve((request, answer) => answer.end(request.headers.host))
  let asked = 0
  const resolve = async () => (++asked === 1 ? ['127.0.0.1'] : ['10.0.0.1'])
  const fetch = openFetch({ allowPrivateNetworks: ['127.0.0.0/8'], resolve })
  expect(await fetch(`http://idp.example:${port}/`)).toMatchObject({
    status: 200,
    text: `idp.example:${port}`,
  })
  expect(asked).toBe(1)
})

test('a redirect is an answer, not a way elsewhere', async () => {
  const port = await serve((_request, answer) =>
    answer.writeHead(302, { location: 'http://10.0.0.1/' }).end('moved'),
  )
  expect(await allowed(`http://127.0.0.1:${port}/`)).toMatchObject({ status: 302, text: 'moved' })
})

test('too large, too slow, cut off and not there: each is said', async () => {
  const large = await serve((_request, answer) => answer.end('x'.repeat(2_000)))
  const slow = await serve(() => {})
  const cut = await serve((request) => request.socket.destroy())
  await expect(allowed(`http://127.0.0.1:${large}/`)).rejects.toThrow('larger than')
  await expect(allowed(`http://127.0.0.1:${slow}/`)).rejects.toThrow('did not answer in time')
  await expect(allowed(`http://127.0.0.1:${cut}/`)).rejects.toThrow('cut the connection')
  await expect(
    openFetch({ allowPrivateNetworks: [], resolve: async () => [] })('https://no.example/'),
  ).rejects.toThrow('There is no host no.example')
})

test('plain http, other schemes and passwords in the address are refused', async () => {
  const public_ = openFetch({ allowPrivateNetworks: [], resolve: async () => ['1.1.1.1'] })
  await expect(public_('http://idp.example/')).rejects.toThrow('https://')
  await expect(public_('file:///etc/passwd')).rejects.toThrow('https://')
  await expect(public_('https://a:b@idp.example/')).rejects.toThrow('no password')
})
