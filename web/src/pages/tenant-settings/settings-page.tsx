import { Stack } from '@mantine/core'
import { PageHeader } from '../../components/page-header.tsx'
import { useTexts } from '../../texts/use-texts.tsx'
import { BrandSection } from './brand-section.tsx'
import { DomainsSection } from './domains-section.tsx'

/** Tenant › Settings. */
export function SettingsPage() {
  const { tenantSettings } = useTexts()
  return (
    <>
      <PageHeader title={tenantSettings.title} about={tenantSettings.about} />
      <Stack>
        <BrandSection />
        <DomainsSection />
      </Stack>
    </>
  )
}
