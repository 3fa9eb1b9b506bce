import { Badge } from '@mantine/core'
import { useTexts } from '../../texts/use-texts.tsx'

/** The outcome of a request and its HTTP status. */
export function ResultBadge({ failed, status }: { readonly failed: boolean; readonly status: number }) {
  const { requests } = useTexts().provisioning
  return (
    <Badge color={failed ? 'red.9' : 'teal.9'} radius="sm" style={{ fontVariantNumeric: 'tabular-nums' }}>
      {`${failed ? requests.failure : requests.success} ${status}`}
    </Badge>
  )
}
