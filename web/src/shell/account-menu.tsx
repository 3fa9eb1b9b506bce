import { Button, Menu, Text, useMantineColorScheme } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { Check, CircleUserRound, LogOut, UserCog } from 'lucide-react'
import { useState } from 'react'
import { signOut } from '../session/sign-out.ts'
import { useMe } from '../session/use-me.ts'
import { type Locale, useLanguage } from '../texts/use-texts.tsx'
import { SignOutDialog } from './sign-out-dialog.tsx'

const LANGUAGES: Record<Locale, string> = { en: 'English', ja: '日本語' }
const SCHEMES = ['light', 'dark', 'auto'] as const

export function AccountMenu() {
  const { administrator } = useMe()
  const { locale, texts, choose } = useLanguage()
  const { common } = texts
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const [hasFailed, setFailed] = useState(false)
  const leaving = useMutation({
    mutationFn: signOut,
    networkMode: 'always', // fail offline instead of waiting
    onError: () => setFailed(true),
    onSuccess: () => {
      queries.clear()
      return navigate({ to: '/sign-in' })
    },
  })
  const chosen = (isChosen: boolean) =>
    isChosen ? <Check size={14} aria-hidden /> : <span style={{ width: 14 }} />
  return (
    <>
      <Menu position="bottom-end" width={240}>
        <Menu.Target>
          <Button
            variant="subtle"
            color="gray"
            c="inherit"
            leftSection={<CircleUserRound size={18} aria-hidden />}
            maw={220}
            style={{ flexShrink: 0 }} // the tenant's name shrinks first
          >
            <Text span inherit truncate>
              {administrator.name}
            </Text>
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{`${administrator.email} · ${common.role[administrator.role]}`}</Menu.Label>
          <Menu.Item component={Link} to="/account" leftSection={<UserCog size={14} aria-hidden />}>
            {common.account}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Label>{common.theme.label}</Menu.Label>
          {SCHEMES.map((scheme) => (
            <Menu.Item
              key={scheme}
              leftSection={chosen(colorScheme === scheme)}
              onClick={() => setColorScheme(scheme)}
            >
              {common.theme[scheme]}
            </Menu.Item>
          ))}
          <Menu.Label>{common.language}</Menu.Label>
          {(Object.keys(LANGUAGES) as Locale[]).map((one) => (
            <Menu.Item key={one} lang={one} leftSection={chosen(locale === one)} onClick={() => choose(one)}>
              {LANGUAGES[one]}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item leftSection={<LogOut size={14} aria-hidden />} onClick={() => leaving.mutate()}>
            {common.signOut}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <SignOutDialog
        opened={hasFailed}
        error={leaving.error}
        isBusy={leaving.isPending}
        onRetry={() => leaving.mutate()}
        onClose={() => setFailed(false)}
      />
    </>
  )
}
