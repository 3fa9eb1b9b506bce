import { Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { OwnFactors } from '../../../../src/http/portal/account/contract.ts'
import { api } from '../../api/client.ts'
import { PageHeader } from '../../components/page-header.tsx'
import { useTexts } from '../../texts/use-texts.tsx'
import { FactorsSection } from './factors-section.tsx'
import { PasswordSection } from './password-section.tsx'
import { ProfileSection } from './profile-section.tsx'
import { FACTORS_KEY } from './queries.ts'
import { SessionsSection } from './sessions-section.tsx'

export function AccountPage() {
  const { account } = useTexts()
  const factors = useQuery({ queryKey: FACTORS_KEY, queryFn: () => api.get<OwnFactors>('/me/factors') })
  const hasFactor = !!factors.data && (factors.data.totp !== null || factors.data.passkeys.length > 0)
  return (
    <>
      <PageHeader title={account.title} about={account.about} />
      <Stack maw={860}>
        <ProfileSection />
        <FactorsSection factors={factors.data} error={factors.error} />
        <PasswordSection hasFactor={hasFactor} />
        <SessionsSection />
      </Stack>
    </>
  )
}
