import { Alert, Stack, Text } from '@mantine/core'
import { TriangleAlert } from 'lucide-react'
import type { IdentityConflict } from '../../../src/http/portal/users/identity-contract.ts'
import { useTexts } from '../texts/use-texts.tsx'
import { PlaceLink } from './place-link.tsx'
import { Time } from './time.tsx'

interface IdentityConflictsProps {
  readonly conflicts: readonly IdentityConflict[]
  /** The user whose page shows the list, so that it doesn't link to itself. */
  readonly userId?: string
}

/**
 * Lists sign-ins that were refused because a linked identity and the matching rule disagree, with the reason and
 * the fix.
 */
export function IdentityConflicts({ conflicts, userId }: IdentityConflictsProps) {
  const { identities: texts } = useTexts()
  return conflicts.map((conflict) => (
    <Alert
      key={`${conflict.source} ${conflict.identifier}`}
      color="orange"
      variant="light"
      icon={<TriangleAlert size={18} aria-hidden />}
      title={texts.conflictTitle}
      // Orange text on Mantine's light orange background is below 4.5:1.
      styles={{ label: { color: 'var(--mantine-color-text)' } }}
    >
      <Stack gap={6} style={{ overflowWrap: 'anywhere' }}>
        <Explanation conflict={conflict} />
        <Text size="sm">
          {`${texts.refusedIdentity}: ${conflict.source}=${conflict.identifier}. ${texts.refused(conflict.times)}, ${texts.lastRefused} `}
          <Time at={conflict.lastAt} />
        </Text>
        {usersOf(conflict)
          .filter(({ id }) => id !== userId)
          .map(({ id, userName }) => (
            <Text key={id} size="sm">
              <PlaceLink to={`/users/${id}`}>{texts.openUser(userName)}</PlaceLink>
            </Text>
          ))}
      </Stack>
    </Alert>
  ))
}

function Explanation({ conflict }: { readonly conflict: IdentityConflict }) {
  const { identities: texts } = useTexts()
  const { name, namedUser, linkedUser } = conflict
  const [what, fix] =
    conflict.reason === 'names-another-user' && linkedUser
      ? [
          texts.conflicts['names-another-user'](name, namedUser.userName, linkedUser.userName),
          texts.fixes['names-another-user'](linkedUser.userName),
        ]
      : [texts.conflicts['linked-to-another'](name), texts.fixes['linked-to-another']]
  return (
    <>
      <Text size="sm">{what}</Text>
      <Text size="sm">{fix}</Text>
    </>
  )
}

function usersOf({ namedUser, linkedUser }: IdentityConflict) {
  return linkedUser ? [namedUser, linkedUser] : [namedUser]
}
