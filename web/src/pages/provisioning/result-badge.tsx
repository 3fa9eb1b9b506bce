import { Badge } from '@mantine/core'
import type { ScimRequestSummary } from '../../../../src/http/portal/provisioning/requests-contract.ts'
import { useTexts } from '../../texts/use-texts.tsx'

type ResultBadgeProps = Pick<ScimRequestSummary, 'failed' | 'status' | 'notes'>

/** Usual in many syncs, and listed on the page: not worth a mark at each request. */
const USUAL: ReadonlySet<string> = new Set(['values-converted', 'attributes-left-out'])

/** The outcome of a request and its HTTP status. */
export function ResultBadge(request: ResultBadgeProps) {
  const { requests } = useTexts().provisioning
  const [color, word] = request.failed
    ? ['red.9', requests.failure]
    : request.notes.every(({ code }) => USUAL.has(code))
      ? ['teal.9', requests.success]
      : ['grape.9', requests.seeNote]
  return (
    <Badge color={color} radius="sm" style={{ fontVariantNumeric: 'tabular-nums' }}>
      {`${word} ${request.status}`}
    </Badge>
  )
}
