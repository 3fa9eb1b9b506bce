import { Paper, Skeleton, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useLanguage } from '../../texts/use-texts.tsx'

interface FigureProps {
  readonly label: string
  /** Undefined while loading. */
  readonly value: number | undefined
  /** Path below /admin, and the filters of that list. */
  readonly to: string
  readonly search?: Record<string, string>
  readonly warning?: string | undefined
}

/** A number that links to the list behind it. */
export function Figure({ label, value, to, search = {}, warning }: FigureProps) {
  const { locale } = useLanguage()
  return (
    <Paper withBorder p="md" component={Link} to={to} search={search as never} td="none" c="inherit">
      <Text size="sm" c="dimmed">
        {label}
      </Text>
      {value === undefined ? (
        <Skeleton height={36} width={90} />
      ) : (
        <Text fz={28} lh="36px" fw={650} style={{ fontVariantNumeric: 'tabular-nums' }}>
          {value.toLocaleString(locale)}
        </Text>
      )}
      <Text size="xs" fw={600} c="var(--mantine-color-error)" mih={18}>
        {warning}
      </Text>
    </Paper>
  )
}
