import { Anchor, Skeleton, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams, useRouter, useRouterState } from '@tanstack/react-router'
import { useState } from 'react'
import type { AccountLink } from '../../../../src/http/portal/account/contract.ts'
import type { SignInAnswer } from '../../../../src/http/portal/session/contract.ts'
import { ApiError, api } from '../../api/client.ts'
import { ProblemAlert } from '../../components/forms/problem-alert.tsx'
import { RecoveryCodes } from '../../factors/recovery-codes.tsx'
import { useSignedIn } from '../../session/use-signed-in.ts'
import { useTexts } from '../../texts/use-texts.tsx'
import { AuthFrame } from '../sign-in/auth-frame.tsx'
import { NewAccountForm } from './new-account-form.tsx'
import { NewPasswordForm } from './new-password-form.tsx'

/** The page of a one-time link: create an account, or set a new password. */
export function AccountLinkPage() {
  const { account } = useTexts()
  const { token } = useParams({ strict: false }) as { token: string }
  const [answer, setAnswer] = useState<SignInAnswer>()
  const router = useRouter()
  const signedIn = useSignedIn()
  const link = useQuery({
    queryKey: ['account-link', token],
    queryFn: () => api.get<AccountLink>(`/links/${encodeURIComponent(token)}`),
    staleTime: Number.POSITIVE_INFINITY,
  })
  const onDone = (done: SignInAnswer) => {
    if (done.me) signedIn(done.me)
    if (done.me && !done.recoveryCodes) return router.history.push('/admin/')
    setAnswer(done)
  }
  if (answer?.recoveryCodes)
    return (
      <AuthFrame title={account.codes.keepTitle} width={520}>
        <RecoveryCodes codes={answer.recoveryCodes} onDone={() => router.history.push('/admin/')} />
      </AuthFrame>
    )
  if (answer)
    return (
      <AuthFrame title={account.link.resetTitle}>
        <Stack>
          <Text role="status">{account.link.reset}</Text>
          <Anchor component={Link} to="/sign-in">
            {account.link.signIn}
          </Anchor>
        </Stack>
      </AuthFrame>
    )
  if (link.error) return <LinkExpired error={link.error} />
  return <Ready token={token} link={link.data} onDone={onDone} />
}

interface ReadyProps {
  readonly token: string
  readonly link: AccountLink | undefined
  readonly onDone: (answer: SignInAnswer) => void
}

function Ready({ token, link, onDone }: ReadyProps) {
  const { account, common } = useTexts()
  const texts = account.link
  if (!link)
    return (
      <AuthFrame title={common.loading} width={520}>
        <Skeleton height={320} />
      </AuthFrame>
    )
  if (link.kind === 'reset')
    return (
      <AuthFrame title={texts.resetTitle} about={texts.resetAbout(link.email ?? '')}>
        <NewPasswordForm token={token} link={link} onDone={onDone} />
      </AuthFrame>
    )
  const isSetup = link.kind === 'setup'
  return (
    <AuthFrame
      width={520}
      title={isSetup ? texts.setupTitle : texts.invitationTitle}
      about={
        isSetup ? texts.setupAbout(link.tenant) : texts.invitationAbout(link.tenant, common.role[link.role])
      }
    >
      <NewAccountForm token={token} link={link} onDone={onDone} />
    </AuthFrame>
  )
}

function LinkExpired({ error }: { readonly error: Error }) {
  const { account } = useTexts()
  const path = useRouterState({ select: (state) => state.location.pathname })
  if (!(error instanceof ApiError) || error.status !== 404)
    return (
      <AuthFrame title={account.link.gone}>
        <ProblemAlert error={error} onRetry={() => location.reload()} />
      </AuthFrame>
    )
  const { goneSetup, goneOther, goneReset } = account.link
  const advice = path.startsWith('/setup') ? goneSetup : path.startsWith('/reset') ? goneReset : goneOther
  return (
    <AuthFrame title={account.link.gone}>
      <Stack>
        <Text>{error.message}</Text>
        <Text>{advice}</Text>
        <Anchor component={Link} to="/sign-in">
          {account.link.signIn}
        </Anchor>
      </Stack>
    </AuthFrame>
  )
}
