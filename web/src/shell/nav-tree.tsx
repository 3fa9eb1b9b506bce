import { NavLink, Stack, Text } from '@mantine/core'
import { Link, useRouterState } from '@tanstack/react-router'
import { useTexts } from '../texts/use-texts.tsx'
import { PLACES, type Place } from './navigation.ts'

export function NavTree({ onGo }: { readonly onGo: () => void }) {
  return (
    <Stack gap={2}>
      {PLACES.map((place) => (
        <Section key={place.name} place={place} onGo={onGo} />
      ))}
    </Stack>
  )
}

function Section({ place, onGo }: { readonly place: Place; readonly onGo: () => void }) {
  const { navigation } = useTexts()
  if (!place.under) return <PlaceLink place={place} onGo={onGo} />
  return (
    <Stack gap={0} mt="sm" role="group" aria-label={navigation[place.name]}>
      <Text size="xs" fw={700} c="dimmed" px="xs" pb={2} tt="uppercase" aria-hidden>
        {navigation[place.name]}
      </Text>
      {place.under.map((inner) => (
        <PlaceContent key={inner.name} place={inner} onGo={onGo} />
      ))}
    </Stack>
  )
}

function PlaceContent({ place, onGo }: { readonly place: Place; readonly onGo: () => void }) {
  const { navigation } = useTexts()
  if (!place.under) return <PlaceLink place={place} onGo={onGo} />
  return (
    <Stack gap={0} role="group" aria-label={navigation[place.name]}>
      <Text size="xs" c="dimmed" px="xs" pt={6} aria-hidden>
        {navigation[place.name]}
      </Text>
      {place.under.map((inner) => (
        <PlaceLink key={inner.name} place={inner} onGo={onGo} />
      ))}
    </Stack>
  )
}

function PlaceLink({ place, onGo }: { readonly place: Place; readonly onGo: () => void }) {
  const { navigation } = useTexts()
  const pathname = useRouterState({ select: (state) => state.location.pathname })
  const { icon: Icon, to = '/', name } = place
  const isHere = to === '/' ? pathname === '/' : pathname === to || pathname.startsWith(`${to}/`)
  return (
    <NavLink
      component={Link}
      to={to}
      label={navigation[name]}
      leftSection={<Icon size={17} aria-hidden />}
      active={isHere}
      variant="light"
      {...(isHere && { 'aria-current': 'page' })}
      onClick={onGo}
    />
  )
}
