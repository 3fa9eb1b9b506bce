import { expect, test } from 'vitest'
import { develop, formTeams, hirePeople } from './people.ts'
import { seeded } from './random.ts'

const people = (seed: number, count: number) =>
  Array.from({ length: count }, (_, index) => hirePeople(seed, 'harbour.example')(index))

test('the same seed makes the same people, another seed makes others', () => {
  expect(people(7, 50)).toEqual(people(7, 50))
  expect(people(7, 50)).not.toEqual(people(8, 50))
})

test('five thousand people have different, plain user names and different external ids', () => {
  const crowd = people(1, 5_000)
  expect(new Set(crowd.map((person) => person.userName)).size).toBe(5_000)
  expect(new Set(crowd.map((person) => person.externalId)).size).toBe(5_000)
  for (const { userName } of crowd) expect(userName).toMatch(/^[a-z]+\.[a-z]+\d*@harbour\.example$/)
})

test('everybody but the first person has a manager who came earlier', () => {
  const crowd = people(3, 100)
  crowd.forEach(({ manager }, index) => {
    if (index === 0) expect(manager).toBeUndefined()
    else expect(crowd.slice(0, index).map((person) => person.externalId)).toContain(manager)
  })
})

test('a new name brings a new address, and nobody gets the address of somebody else', () => {
  const crowd = people(1, 500)
  const developed = crowd.map((person, index) => develop(seeded(index), person))
  expect(developed.some((person, index) => person.userName !== crowd[index]?.userName)).toBe(true)
  expect(new Set([...crowd, ...developed].map((person) => person.userName)).size).toBe(
    500 + developed.filter((person, index) => person.userName !== crowd[index]?.userName).length,
  )
})

test('groups have different names and only members who exist', () => {
  const crowd = people(1, 60)
  const known = new Set(crowd.map((person) => person.externalId))
  const teams = formTeams(1, 300, crowd)
  expect(new Set(teams.map((team) => team.displayName)).size).toBe(300)
  expect(teams[0]?.members.length).toBe(60)
  for (const team of teams) for (const member of team.members) expect(known).toContain(member)
})
