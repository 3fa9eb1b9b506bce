import { allNames, type Name, type Names } from './names.ts'
import { pick, type Random, sample, seeded, uuid } from './random.ts'

// Plausible people and groups. Everything follows from the seed: person 17 of seed 1 is the same on every machine,
// so that a second run meets the accounts that the first one left.

/** A person as the identity provider's own directory knows them. `externalId` is the key inside the simulation. */
export interface Person {
  readonly externalId: string
  readonly userName: string
  readonly givenName: string
  readonly familyName: string
  readonly displayName: string
  readonly email: string
  readonly title: string
  readonly department: string
  readonly phone: string
  readonly employeeNumber: string
  readonly locale: string
  /** externalId of the manager; the first person has none */
  readonly manager: string | undefined
  readonly active: boolean
}

/** A group of the identity provider's own directory; `members` are externalIds of people. */
export interface Team {
  readonly externalId: string
  readonly displayName: string
  readonly members: readonly string[]
}

/** Makes people by number, from 0. */
export type Hire = (index: number) => Person

const REPORTS = 8 // people per manager
const DEPARTMENTS = [
  'Engineering',
  'Finance',
  'Legal',
  'Logistics',
  'Marketing',
  'People',
  'Research',
  'Sales',
  'Security',
  'Support',
]
const LEVELS = ['Junior', 'Associate', 'Senior', 'Lead', 'Principal']
const ROLES = [
  'Analyst',
  'Coordinator',
  'Designer',
  'Engineer',
  'Planner',
  'Specialist',
  'Technician',
  'Writer',
]
const PLACES = [
  'Lisbon',
  'Osaka',
  'Kraków',
  'Lagos',
  'Montréal',
  'Hanoi',
  'Malmö',
  'Kyiv',
  'Cairo',
  'Leeds',
  'Izmir',
  'Nantes',
]

/** People of one seed; user names and addresses end in `domain`. */
export function hirePeople(seed: number, domain: string): Hire {
  const cultures = allNames()
  return (index) => {
    const random = seeded(seed * 1_000_003 + index)
    const { given, family, locale, round } = nameAt(cultures, index + seed * 101)
    const address = `${given.ascii}.${family.ascii}${round === 0 ? '' : round + 1}@${domain}`
    return {
      externalId: uuid(random),
      userName: address,
      givenName: given.native,
      familyName: family.native,
      displayName: `${given.native} ${family.native}`,
      email: address,
      title: title(random),
      department: department(random),
      phone: phone(random),
      employeeNumber: String(10_000 + index),
      locale,
      manager: index === 0 ? undefined : externalIdAt(seed, Math.floor((index - 1) / REPORTS)),
      active: true,
    }
  }
}

/** The first `count` groups: one that everybody is in, then teams of very different sizes. */
export function formTeams(seed: number, count: number, people: readonly Person[]): Team[] {
  return Array.from({ length: count }, (_, index) => {
    if (index > 0) return formTeam(seed, index, people)
    const { externalId } = formTeam(seed, 0, [])
    return { externalId, displayName: 'All staff', members: people.map((person) => person.externalId) }
  })
}

/** Group number `index`, from 1. */
export function formTeam(seed: number, index: number, people: readonly Person[]): Team {
  const random = seeded(seed * 2_000_003 + 500_000_009 + index)
  const round = Math.floor((index - 1) / (DEPARTMENTS.length * PLACES.length))
  // 10 departments and 12 places: stepping both gives 60 pairs, and the shift after 60 gives the other 60.
  const place = PLACES[(index - 1 + Math.floor((index - 1) / 60)) % PLACES.length]
  const name = `${DEPARTMENTS[(index - 1) % DEPARTMENTS.length]} ${place}${round === 0 ? '' : ` ${round + 1}`}`
  const size = 2 + Math.floor(random() ** 3 * Math.min(people.length * 0.3, 500))
  const members = sample(random, people, size).map((person) => person.externalId)
  return { externalId: uuid(random), displayName: name, members }
}

/** What happens to people between two cycles: another job, another telephone; a new name for one in four. */
export function develop(random: Random, person: Person): Person {
  const moved = { ...person, title: title(random), department: department(random), phone: phone(random) }
  if (random() >= 0.25) return moved
  const family = pick(random, pick(random, allNames()).family)
  const [local = '', domain] = person.userName.split('@')
  const address = `${local.split('.')[0]}.${family.ascii}.${person.employeeNumber}@${domain}`
  const displayName = `${person.givenName} ${family.native}`
  return { ...moved, familyName: family.native, displayName, userName: address, email: address }
}

function nameAt(
  cultures: readonly Names[],
  index: number,
): { given: Name; family: Name; locale: string; round: number } {
  const culture = cultures[index % cultures.length] as Names
  const within = Math.floor(index / cultures.length)
  const { given, family, locale } = culture
  const givenAt = within % given.length
  const turn = Math.floor(within / given.length)
  // Stepping both lists together mixes them; `turn` shifts the second, so that each pair comes once per round.
  const familyAt = (givenAt + turn) % family.length
  return {
    given: given[givenAt] as Name,
    family: family[familyAt] as Name,
    locale,
    round: Math.floor(turn / family.length),
  }
}

function externalIdAt(seed: number, index: number): string {
  return uuid(seeded(seed * 1_000_003 + index))
}

function title(random: Random): string {
  return `${pick(random, LEVELS)} ${pick(random, ROLES)}`
}

function department(random: Random): string {
  return pick(random, DEPARTMENTS)
}

function phone(random: Random): string {
  return `+44 20 7946 ${String(Math.floor(random() * 1000)).padStart(4, '0')}` // Ofcom keeps this block free for fiction
}
