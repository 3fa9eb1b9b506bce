import { Anchor } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'

interface PlaceLinkProps {
  /** Path below /admin. */
  readonly to: string
  readonly search?: Record<string, string>
  readonly children: ReactNode
}

/** A link in the color of the surrounding text, readable in both themes. */
export function PlaceLink({ to, search = {}, children }: PlaceLinkProps) {
  return (
    <Anchor
      component={Link}
      to={to}
      search={search as never}
      inherit
      underline="always"
      c="var(--mantine-color-text)"
      style={{ overflowWrap: 'anywhere' }}
    >
      {children}
    </Anchor>
  )
}
