import { Anchor } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'

interface PlaceLinkProps {
  /** A path below /admin. */
  readonly to: string
  readonly search?: Record<string, string>
  readonly children: ReactNode
}

/** A link inside a text or a list, in the colour of the text, so that it is read in both themes. */
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
