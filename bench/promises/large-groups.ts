// The cost of replacing a whole group compared with reading it, and of a user in thousands of groups.
import { MANY_GROUPS } from '../parts/large-groups.ts'
import type { Evidence } from '../parts.ts'
import { largest, type Plan, smallest } from '../plan.ts'
import { atMost, type Promised } from '../promise.ts'

const FEW_GROUPS = 10

export function largeGroupPromises({ large }: Plan, { groups }: Evidence): Promised[] {
  const [smallestGroup, largestGroup] = [smallest(large), largest(large)]
  const time = (op: string, group: number) => groups.of('ours', op, 'p50', { group })
  const besideReading = (op: string, group: number) => () => time(op, group) / time('groupRead', group)
  const ofOneMember = (op: string, group: number) => time(op, group) / group
  const read = (size: number) => groups.of('ours', 'userRead', 'p50', { size })
  return [
    ...large
      .filter((group) => group >= 10_000)
      .flatMap((group) => [
        atMost(
          `PUT of a group of ${group}, one change`,
          3,
          '× reading it',
          besideReading('putOneChange', group),
        ),
        atMost(
          `PUT of a group of ${group}, unchanged`,
          3,
          '× reading it',
          besideReading('putUnchanged', group),
        ),
      ]),
    atMost(
      `PUT of a group of ${largestGroup}, one change, by member`,
      1.2,
      `× that at ${smallestGroup}`,
      () => ofOneMember('putOneChange', largestGroup) / ofOneMember('putOneChange', smallestGroup),
    ),
    atMost(`${MANY_GROUPS} groups around one user by /Bulk, refused`, 0, 'groups', () =>
      groups.of('ours', 'groupsByBulk', 'figure', { size: MANY_GROUPS }),
    ),
    atMost(
      `a user in ${MANY_GROUPS} groups`,
      5,
      `× a user in ${FEW_GROUPS}`,
      () => read(MANY_GROUPS) / read(FEW_GROUPS),
    ),
  ]
}
