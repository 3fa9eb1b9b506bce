import { Text, Tooltip } from '@mantine/core'
import { useLanguage } from '../texts/use-texts.tsx'
import { relativeTime } from './relative-time.ts'

interface TimeProps {
  /** ISO 8601, or null when it never happened. */
  readonly at: string | null | undefined
  /** Shows only the relative time ("3 minutes ago"); the exact time is in the tooltip. */
  readonly relative?: boolean
}

/** A time in the viewer's time zone, with UTC in the tooltip. */
export function Time({ at, relative = false }: TimeProps) {
  const { locale, texts } = useLanguage()
  if (!at)
    return (
      <Text span inherit c="dimmed">
        {texts.common.never}
      </Text>
    )
  const date = new Date(at)
  const local = date.toLocaleString(locale, { dateStyle: 'medium', timeStyle: 'medium' })
  const utc = `${date.toISOString().replace('T', ' ').slice(0, 19)} UTC`
  return (
    <Tooltip label={relative ? `${local} · ${utc}` : utc} events={{ hover: true, focus: true, touch: true }}>
      <time dateTime={at}>{relative ? relativeTime(date, new Date(), locale) : local}</time>
    </Tooltip>
  )
}
