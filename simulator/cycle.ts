import { develop, formTeam, type Hire, type Person, type Team } from './people.ts'
import { type Random, sample } from './random.ts'

/** What happened in the identity provider's own directory between two syncs. All lists hold the state afterwards. */
export interface CyclePlan {
  hired: Person[]
  changed: Person[]
  deactivated: Person[]
  reactivated: Person[]
  /** people who left for good; they were inactive */
  left: Person[]
  newTeams: Team[]
  /** renamed, or with other members */
  changedTeams: Team[]
  closedTeams: Team[]
}

/** What the plan starts from; `nextPerson` and `nextTeam` number those still to come. */
export interface Directory {
  people: readonly Person[]
  teams: readonly Team[]
  nextPerson: number
  nextTeam: number
}

const JOINERS = 3 // and leavers, per changed team

/** A plausible stretch of time; small directories change too, an empty one does not. */
export function planCycle(seed: number, random: Random, directory: Directory, hire: Hire): CyclePlan {
  const active = directory.people.filter((person) => person.active)
  const moving = sample(random, active, share(active.length, 0.05) + share(active.length, 0.04, 4))
  const changed = moving.splice(0, share(active.length, 0.05)).map((person) => develop(random, person))
  const leaving = moving.map((person) => ({ ...person, active: false }))

  const away = sample(
    random,
    [...directory.people.filter((person) => !person.active), ...leaving],
    Number.POSITIVE_INFINITY,
  )
  const back = away.splice(0, Math.floor(away.length * 0.3)).map((person) => ({ ...person, active: true }))
  const left = away.slice(0, Math.floor(away.length * 0.3))

  const hired = Array.from({ length: share(directory.people.length, 0.02) }, (_, at) =>
    hire(directory.nextPerson + at),
  )
  const staff = [...active, ...hired]
  return {
    hired,
    changed,
    deactivated: leaving,
    reactivated: back,
    left,
    ...planTeams(seed, random, directory, staff, hired, left),
  }
}

function planTeams(
  seed: number,
  random: Random,
  { teams, nextTeam }: Directory,
  staff: readonly Person[],
  hired: readonly Person[],
  left: readonly Person[],
): Pick<CyclePlan, 'newTeams' | 'changedTeams' | 'closedTeams'> {
  const [everybody, ...others] = teams
  if (!everybody) return { newTeams: [], changedTeams: [], closedTeams: [] }
  const gone = new Set(left.map((person) => person.externalId))
  const shuffled = sample(random, others, others.length)
  const closedTeams = others.length >= 8 ? shuffled.splice(0, 1) : []
  const newTeams = closedTeams.map((_, at) => formTeam(seed, nextTeam + at, staff))
  const regrouped = shuffled.slice(0, share(others.length, 0.25)).map((team, at) => {
    const joiners = sample(random, staff, JOINERS).map((person) => person.externalId)
    const leavers = new Set([...sample(random, team.members, JOINERS), ...gone])
    const members = [...new Set([...team.members.filter((member) => !leavers.has(member)), ...joiners])]
    return { ...team, members, displayName: at === 0 ? rename(team.displayName) : team.displayName }
  })
  const newcomers = hired.map((person) => person.externalId)
  const staying = everybody.members.filter((member) => !gone.has(member))
  return {
    newTeams,
    closedTeams,
    changedTeams: [{ ...everybody, members: [...staying, ...newcomers] }, ...regrouped],
  }
}

function rename(displayName: string): string {
  return displayName.endsWith(' Team') ? displayName.slice(0, -' Team'.length) : `${displayName} Team`
}

/** That part of a count, at least `least` while no more than a third of it. */
function share(count: number, part: number, least = 1): number {
  return Math.max(Math.round(count * part), Math.min(least, Math.ceil(count / 3)))
}
