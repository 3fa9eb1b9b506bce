import { expect, test } from 'vitest'
import { openNetworks } from './networks.ts'

test('what is private, local, reserved or a cloud metadata address is not reached, in any spelling', () => {
  const { mayReach } = openNetworks([])
  const refused = [
    '127.0.0.1',
    '10.1.2.3',
    '172.31.255.255',
    '192.168.0.1',
    '169.254.169.254',
    '100.100.100.200',
    '168.63.129.16',
    '0.0.0.0',
    '255.255.255.255',
    '224.0.0.1',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '0:0:0:0:0:ffff:a00:1',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b::127.0.0.1',
    '64:ff9b:1::1',
    'fd00:ec2::254',
    'fe80::1',
    'ff02::1',
    '2002:7f00:1::',
    '2001::1',
    '2001:db8::1',
    'nonsense',
  ]
  expect(refused.filter(mayReach)).toEqual([])
})

test('public addresses are reached', () => {
  const { mayReach } = openNetworks([])
  const reached = ['1.1.1.1', '172.32.0.1', '2606:4700::1111', '::ffff:1.1.1.1', '64:ff9b::101:101']
  expect(reached.filter((address) => !mayReach(address))).toEqual([])
})

test('a network that the operator allowed is reached, and nothing beside it', () => {
  const networks = openNetworks(['10.0.0.0/8', '::1'])
  expect(['10.9.9.9', '::ffff:10.0.0.1', '::1'].every(networks.mayReach)).toBe(true)
  expect(['127.0.0.1', '192.168.1.1', 'fe80::1'].some(networks.mayReach)).toBe(false)
  expect(networks.isAllowedPrivate('10.0.0.1')).toBe(true)
  expect(networks.isAllowedPrivate('1.1.1.1')).toBe(false)
})
