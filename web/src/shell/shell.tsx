import { Anchor, AppShell, Burger, Group, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { Link, Outlet } from '@tanstack/react-router'
import { ProofDialog } from '../session/proof-dialog.tsx'
import { useMe } from '../session/use-me.ts'
import { useTexts } from '../texts/use-texts.tsx'
import { AccountMenu } from './account-menu.tsx'
import { NavTree } from './nav-tree.tsx'

/** The frame around every page that requires a session. */
export function Shell() {
  const { common, navigation } = useTexts()
  const { tenant } = useMe()
  const [opened, { toggle, close }] = useDisclosure(false)
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 248, breakpoint: 'md', collapsed: { mobile: !opened } }}
      padding="lg"
    >
      <a className="skip-link" href="#content">
        {common.skipToContent}
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap" miw={0}>
            <Burger
              opened={opened}
              onClick={toggle}
              hiddenFrom="md"
              size="sm"
              aria-label={common.menu}
              aria-expanded={opened}
            />
            <Anchor component={Link} to="/" c="inherit" underline="never">
              <Group gap={8} wrap="nowrap">
                <img src="/admin/icon.svg" width={26} height={26} alt="" />
                <Text fw={700} visibleFrom="xs">
                  {common.product}
                </Text>
              </Group>
            </Anchor>
            <Text c="dimmed" truncate>
              {tenant.name}
            </Text>
          </Group>
          <AccountMenu />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label={navigation.label} style={{ overflowY: 'auto' }}>
        <NavTree onGo={close} />
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1} maw={1680}>
        <Outlet />
        <ProofDialog />
      </AppShell.Main>
    </AppShell>
  )
}
